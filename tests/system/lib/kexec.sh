# SPDX-License-Identifier: GPL-2.0-only
# A kernel that is to follow this one, with the machine's device tree. Sourced; needs kexec in /data.

pair() { printf '<0x%x 0x%x>' $(($1 >> 32)) $(($1 & 0xffffffff)); }

# next_load INITRD COMMANDLINE [BASE]: for a dump, or from BASE on to follow when this kernel is asked to go
next_load() {
	[ $ARCH != x86 ] || { kexec load /guest/Image "$1" "$2" $3; return; }
	plan=$(kexec plan /guest/Image "$1" $3) || return 1
	eval "$plan"
	{
		dtc -q -I dtb -O dts /sys/firmware/fdt
		echo "/ { chosen { bootargs = \"$2\"; linux,initrd-start = $(pair $initrd); linux,initrd-end = $(pair $initrd_end);"
		[ -n "$3" ] || echo "linux,usable-memory-range = $(pair $crash_base), $(pair $crash_size);"
		[ -n "$3" ] || echo "linux,elfcorehdr = $(pair $header), $(pair $header_size);"
		echo "}; };"
	} >/tmp/next.dts
	dtc -q -I dts -O dtb -o /tmp/next.dtb /tmp/next.dts && kexec load /guest/Image "$1" /tmp/next.dtb $3
}
