import { SERVICES } from '@souk/contracts';
import { filesMatching, foldersIn, lineCount, readText, repositoryFiles } from './source-tree.ts';

const FILES = ['package.json', 'src/main.ts', 'src/service.ts', 'src/config.ts', 'src/errors.ts'];
const MAIN_LINES = 10;

const services = foldersIn('services');
const isThere = (path: string) => repositoryFiles.includes(path);

function packageName(folder: string): string {
  const { name }: { name: string } = JSON.parse(readText(`${folder}/package.json`));
  return name;
}

interface ShapeRule {
  readonly says: string;
  /** What is wrong with the service in `folder`; a file that is missing is the concern of the first rule only. */
  readonly faults: (folder: string, name: string) => string[];
}

/** A comment atop the file, or right above the definition, where the imports come first. */
const PURPOSE = /^(?:\/\*\*[\s*]*|\/\/\s*)\w|\*\/\nexport const service = defineService/m;

const shape: readonly ShapeRule[] = [
  {
    says: 'has the files that every service has',
    faults: (folder) =>
      FILES.map((file) => `${folder}/${file}`)
        .filter((path) => !isThere(path))
        .map((path) => `${path} is missing`),
  },
  {
    says: 'tests its endpoints or its subscriptions',
    faults: (folder) =>
      filesMatching(/\.(api|events)\.test\.ts$/).some((path) => path.startsWith(`${folder}/test/`))
        ? []
        : [`${folder}/test has neither`],
  },
  {
    says: 'is named after its folder',
    faults: (folder, name) => {
      const given = isThere(`${folder}/package.json`) ? packageName(folder) : `@souk/${name}`;
      return given === `@souk/${name}` ? [] : [`${folder} calls itself ${given}`];
    },
  },
  {
    says: 'starts in a main.ts that only starts',
    faults: (folder) => {
      const main = `${folder}/src/main.ts`;
      const lines = isThere(main) ? lineCount(main) : 0;
      return lines <= MAIN_LINES ? [] : [`${main}: ${lines} lines, at most ${MAIN_LINES}`];
    },
  },
  {
    says: 'says its purpose atop service.ts',
    faults: (folder) => {
      const contents = `${folder}/src/service.ts`;
      return !isThere(contents) || PURPOSE.test(readText(contents)) ? [] : [`${contents} begins without a comment`];
    },
  },
];

test('the thirteen services all exist, and no other', () => {
  expect(services).toEqual([...SERVICES].sort());
});

test.each(shape)('every service $says', ({ faults }) => {
  expect(services.flatMap((name) => faults(`services/${name}`, name))).toEqual([]);
});

test('a file with a role in its name lies in src of a service', () => {
  const roleFiles = filesMatching(/^services\/.*\.(routes|events|actions|rules|store)\.ts$/);
  expect(roleFiles.filter((path) => !/^services\/[^/]+\/src\//.test(path))).toEqual([]);
});
