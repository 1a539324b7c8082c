# Run once inside a new node's namespaces: sh inside.sh <node's address/prefix> <machine's address> <folder for the kernel's settings>
set -eu
address=$1 machine=$2 kept=$3

# Where the parts write, whatever they are told: leases, sockets, links to logs. None of it comes to the machine. First of all,
# and without notes of the mounts, because mount makes a folder for them in /run.
for folder in /run /var/lib /var/log; do mount --no-mtab -t tmpfs tmpfs "$folder"; done
mkdir -p /run/containerd /run/netns /run/lock
mount --make-rshared /

ip link set lo up
ip address add "$address" dev eth0
ip link set eth0 up
# Leads nowhere, but without it an address of a service has no route before it is exchanged for a pod's.
ip route add default via "$machine"
echo 1 > /proc/sys/net/ipv4/ip_forward
# Pods on the same bridge reach a service through the rules of iptables too.
echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables

# Kubelet sets these for the whole machine; here it sets copies.
for setting in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
  copy=$kept/$(echo "$setting" | tr / .)
  cat "/proc/sys/$setting" > "$copy"
  mount --bind "$copy" "/proc/sys/$setting"
done
