# Makes a root of Debian 12 with its RabbitMQ: sh rabbitmq-root.sh <folder>
set -eu
root=$1
export DEBIAN_FRONTEND=noninteractive

debootstrap --variant=minbase bookworm "$root"
# The package's script would start a server, which can hang where there is no init system.
printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"
chroot "$root" apt-get install -y --no-install-recommends rabbitmq-server
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/doc "$root"/usr/share/man "$root"/usr/share/locale \
  "$root"/var/lib/rabbitmq/.erlang.cookie "$root"/dev/* "$root"/usr/sbin/policy-rc.d
