import { join } from 'node:path';
import type { Cluster } from './cluster.ts';
import { NODE, pkiFile } from './cluster.ts';
import type { PartPlan } from './parts.ts';
import { goProgram, systemProgram } from './programs.ts';

const ETCD_URL = 'http://127.0.0.1:2379';
const ETCD_PEER_URL = 'http://127.0.0.1:2380';

/** Its data ends with the cluster, so that nothing has to be safe on the disk. */
export function planEtcd({ folder }: Cluster): PartPlan {
  const urls = ['--listen-client-urls', ETCD_URL, '--advertise-client-urls', ETCD_URL, '--listen-peer-urls', ETCD_PEER_URL];
  return { name: 'etcd', file: systemProgram('etcd'), args: ['--data-dir', join(folder, 'etcd'), '--unsafe-no-fsync', ...urls] };
}

export function planApiServer(cluster: Cluster): PartPlan {
  const pki = (name: string): string => pkiFile(cluster, name);
  const args = {
    'etcd-servers': ETCD_URL,
    'advertise-address': NODE.address,
    'service-cluster-ip-range': NODE.services,
    'authorization-mode': 'Node,RBAC',
    'enable-admission-plugins': 'NodeRestriction',
    'client-ca-file': pki('ca.crt'),
    'tls-cert-file': pki('apiserver.crt'),
    'tls-private-key-file': pki('apiserver.key'),
    // The node's name is known to no name server.
    'kubelet-preferred-address-types': 'InternalIP',
    'kubelet-certificate-authority': pki('ca.crt'),
    'kubelet-client-certificate': pki('apiserver-to-kubelet.crt'),
    'kubelet-client-key': pki('apiserver-to-kubelet.key'),
    'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
    'service-account-key-file': pki('service-accounts.key'),
    'service-account-signing-key-file': pki('service-accounts.key'),
    'requestheader-client-ca-file': pki('front-proxy-ca.crt'),
    'requestheader-allowed-names': 'front-proxy-client',
    'requestheader-username-headers': 'X-Remote-User',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
    'proxy-client-cert-file': pki('front-proxy.crt'),
    'proxy-client-key-file': pki('front-proxy.key'),
  };
  return { name: 'apiserver', file: goProgram('kubernetes', 'kube-apiserver'), args: flags(args) };
}

export function planControllers(cluster: Cluster): PartPlan {
  const args = {
    kubeconfig: pkiFile(cluster, 'controller-manager.kubeconfig'),
    'service-account-private-key-file': pkiFile(cluster, 'service-accounts.key'),
    'root-ca-file': pkiFile(cluster, 'ca.crt'),
    'use-service-account-credentials': 'true',
    'leader-elect': 'false',
    // It makes this folder of the machine's when it is not told another one.
    'flex-volume-plugin-dir': join(cluster.folder, 'kubelet', 'plugins'),
  };
  return { name: 'controller-manager', file: goProgram('kubernetes', 'kube-controller-manager'), args: flags(args) };
}

export function planScheduler(cluster: Cluster): PartPlan {
  const args = { kubeconfig: pkiFile(cluster, 'scheduler.kubeconfig'), 'leader-elect': 'false' };
  return { name: 'scheduler', file: goProgram('kubernetes', 'kube-scheduler'), args: flags(args) };
}

const flags = (values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).map(([name, value]) => `--${name}=${value}`);
