import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CGROUP } from './cgroups.ts';
import type { Cluster } from './cluster.ts';
import { containerdSocket, fillManifest, NODE, pkiFile } from './cluster.ts';
import { IMAGES } from './images.ts';
import type { PartPlan } from './parts.ts';
import { goProgram, networkPlugins, systemProgram } from './programs.ts';

const configured = ({ folder }: Cluster, name: string): string => join(folder, 'configuration', name);

/** Writes what containerd, the network plugins, kubelet and kube-proxy read. */
export function configureNode(cluster: Cluster): void {
  const { folder } = cluster;
  const values = {
    folder,
    socket: containerdSocket(cluster),
    pause: IMAGES.pause,
    cni: networkPlugins(),
    cgroup: `/${CGROUP}`,
    pods: NODE.pods,
    dns: NODE.dns,
    node: NODE.name,
  };
  mkdirSync(configured(cluster, 'cni'), { recursive: true });
  writeFileSync(configured(cluster, 'resolv.conf'), '');
  writeFileSync(configured(cluster, 'cni/bridge.conflist'), fillManifest('bridge.conflist', values));
  for (const name of ['containerd.toml', 'kubelet.yaml', 'kube-proxy.yaml'])
    writeFileSync(configured(cluster, name), fillManifest(name, values));
}

export function planContainerd(cluster: Cluster): PartPlan {
  return { name: 'containerd', file: systemProgram('containerd'), args: ['--config', configured(cluster, 'containerd.toml')] };
}

export function planKubelet(cluster: Cluster): PartPlan {
  const args = [
    `--config=${configured(cluster, 'kubelet.yaml')}`,
    `--kubeconfig=${pkiFile(cluster, 'kubelet.kubeconfig')}`,
    `--root-dir=${join(cluster.folder, 'kubelet')}`,
    `--hostname-override=${NODE.name}`,
    `--node-ip=${NODE.address}`,
  ];
  return { name: 'kubelet', file: goProgram('kubernetes', 'kubelet'), args };
}

export function planProxy(cluster: Cluster): PartPlan {
  return {
    name: 'kube-proxy',
    file: goProgram('kubernetes', 'kube-proxy'),
    args: [`--config=${configured(cluster, 'kube-proxy.yaml')}`],
  };
}
