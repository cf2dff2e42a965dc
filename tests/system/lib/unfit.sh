# SPDX-License-Identifier: GPL-2.0-only
# A machine that cannot carry the hypervisor, and who says so.

unfit() { # REGEX of what is wrong
	insmod /lib/modules/bulkhead.ko
	text=$(cellctl doctor 2>&1)
	like "doctor finds it [UX-012]" "$text" "machine-unsupported +stops enable +$1"
	text=$(cellctl doctor -j)
	like "with its remedy [UX-012]" "$text" "\"what\":\"$1\",\"fix\":\"[^\"]{5,}\""
	like "enable is refused in the same words [UX-012]" "$(/data/driver enable)" "^95 enable: $1; ."
	is "and nothing was enabled [UX-012]" "$(cat /sys/class/misc/bulkhead/enabled)" 0
	check "the module can go [UX-012]" rmmod bulkhead
}
