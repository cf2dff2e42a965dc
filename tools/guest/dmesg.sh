# SPDX-License-Identifier: GPL-2.0-only
# What the kernel complains of, counted; for tests, and for what is looked at between them.

# "Dying CPU not properly vacated" is a race of Linux 6.12 itself: a CPU that goes offline under load while its fair-server timer runs
# (mended upstream by "sched/deadline: Stop dl_server before CPU goes offline"); it is not counted. Nor is what 6.1, and no later kernel,
# says once on x86 of an access that copy_from_kernel_nofault() survives: "Non-canonical address?" (CAVEATS).
dmesg_harmless=sched_cpu_dying
case $(uname -r) in
6.1.*) dmesg_harmless="$dmesg_harmless|ex_handler_uaccess.*copy_from_kernel_nofault" ;;
esac
dmesg_words='WARNING:|BUG:|Call trace:|Unable to handle|nobody cared|allocation failure|bad page|detected stall|stalls on|lockup'
dmesg_complaints() {
	dmesg | awk -v harmless="$dmesg_harmless" '/cut here/ { held = 1; text = ""; next }
		held && /end trace/ { if (text !~ harmless) printf "%s", text; held = 0; next }
		held { text = text $0 "\n"; next } { print } END { if (held) printf "%s", text }' |
		grep -cE "$dmesg_words"
}
