import { getContainerRuntimeClient } from 'testcontainers';

/** Said once, instead of by every test. */
export default async function findEngine(): Promise<void> {
  await getContainerRuntimeClient().catch((error: unknown) => {
    throw new Error('No Docker engine answers: start one, or name it in DOCKER_HOST.', { cause: error });
  });
}
