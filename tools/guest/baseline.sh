# SPDX-License-Identifier: GPL-2.0-only
# What must be the same after each test as before the first. Prints only what is stable in an undisturbed root.

. /lib/bulkhead/dmesg.sh

grep '^MemTotal' /proc/meminfo
echo "cpus online: $(cat /sys/devices/system/cpu/online)"
echo "modules: $(cut -d ' ' -f 1 /proc/modules | sort | tr '\n' ' ')"
users=0
for p in /proc/[0-9]*; do
	[ -n "$(tr -d '\0' 2>/dev/null <"$p/cmdline")" ] && users=$((users + 1))
done
echo "processes: $users"
echo "mounts: $(wc -l </proc/mounts)"
echo "complaints in dmesg: $(dmesg_complaints)"
if [ -e /dev/bulkhead ]; then
	cellctl status 2>&1 | grep -iE 'state|enabled|cells|pool'
	cellctl list 2>&1
fi
