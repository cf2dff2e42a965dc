// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor: what would keep enable from working on this machine, as far as can be seen without trying, and what would end the cells later.
 * Only looks; each finding is a row with a function that says whether it is there.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "output.h"
#include "verbs.h"

#define FILE_MAX 65536
#define WATCHDOGS 8 /* looked at; few machines have two */

/* The file as text without its last line's end; "" if it is not there. */
static char *text_of(const char *path)
{
	struct bytes file;

	if (file_read(path, FILE_MAX, &file))
		return mem_copy("", 0);
	return mem_copy((char *)file.data, file.size && file.data[file.size - 1] == '\n' ? file.size - 1 : file.size);
}

/* A word of a list that spaces separate. */
static bool has_word(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
		if ((at == text || strchr(" \n\t", at[-1])) && (!at[length] || strchr(" \n\t", at[length])))
			return true;
	return false;
}

static bool no_module(void)
{
	return !file_exists("/dev/bulkhead");
}

static bool no_image(void)
{
	static const char *const archs[] = {
		[BULKHEAD_ARCH_ARM64] = "arm64", [BULKHEAD_ARCH_RISCV] = "riscv", [BULKHEAD_ARCH_X86] = "x86"
	};

	return !file_exists(mem_format("/lib/firmware/bulkhead-%s.bin", archs[board_arch_here()->number]));
}

static bool not_root(void)
{
	return geteuid() != 0;
}

static bool offline_cpu(void)
{
	return strcmp(text_of("/sys/devices/system/cpu/present"), text_of("/sys/devices/system/cpu/online")) != 0;
}

static bool kvm_loaded(void)
{
	return file_exists("/sys/module/kvm"); /* built in, too */
}

static bool lockdown(void)
{
	const char *modes = text_of("/sys/kernel/security/lockdown");

	return *modes && !has_word(modes, "[none]");
}

static bool no_svm(void)
{
	return !has_word(text_of("/proc/cpuinfo"), "svm");
}

static bool no_x2apic(void)
{
	return has_word(text_of("/proc/cmdline"), "nox2apic") || !has_word(text_of("/proc/cpuinfo"), "x2apic");
}

static bool pseudo_nmi(void)
{
	return has_word(text_of("/proc/cmdline"), "irqchip.gicv3_pseudo_nmi=1");
}

static bool panic_reboots(void)
{
	const char *seconds = text_of("/proc/sys/kernel/panic");

	return *seconds && strcmp(seconds, "0") != 0;
}

static bool watchdog_runs(void)
{
	bool runs = false;

	for (u32 i = 0; i < WATCHDOGS && !runs; i++)
		runs = has_word(text_of(mem_format("/sys/class/watchdog/watchdog%u/state", i)), "active");
	return runs;
}

static bool crash_kernel(void)
{
	return has_word(text_of("/sys/kernel/kexec_crash_loaded"), "1");
}

static bool late_ticks(void)
{
	return has_word(text_of("/proc/cpuinfo"), "TCG") && !has_word(text_of("/proc/cmdline"), "no_timer_check");
}

/* What the driver alone can see of CPUs and kernel: "enable: WHAT; FIX", or "". */
static char *refusal(void)
{
	static const char verb[] = "enable: ";
	char *text = text_of("/sys/class/misc/bulkhead/refusal");

	return strncmp(text, verb, strlen(verb)) == 0 ? text + strlen(verb) : text;
}

#define UNSUPPORTED "machine-unsupported"

static const struct finding {
	const char *id;
	u32 archs;
	bool stops; /* enable; else it ends cells that run */
	bool (*found)(void);
	const char *what, *fix;
} findings[] = {
	{ "not-root", ALL, true, not_root, "only root may use the driver", "run cellctl as root" },
	{ "no-driver", ALL, true, no_module, "/dev/bulkhead does not exist", "modprobe bulkhead" },
	{ "no-firmware", ALL, true, no_image, "there is no hypervisor image in /lib/firmware", "install the one of the module" },
	{ "cpu-busy", ALL, true, offline_cpu, "a CPU is offline, and enable needs all of them",
	  "echo 1 >/sys/devices/system/cpu/cpuN/online; those online are in /sys/devices/system/cpu/online" },
	{ "kvm-in-use", RISCV, true, kvm_loaded, "KVM is there, and it needs the level that Bulkhead takes",
	  "modprobe -r kvm, or a kernel that has it as a module" },
	{ "kvm-in-use", X86, true, kvm_loaded, "KVM is loaded, and it needs the level that Bulkhead takes",
	  "modprobe -r kvm_amd kvm_intel kvm" },
	{ UNSUPPORTED, X86, true, no_svm, "the CPU has no AMD-V, or firmware switched it off", "switch it on in the firmware's setup" },
	{ UNSUPPORTED, X86, true, no_x2apic, "the kernel does not use x2APIC",
	  "boot without nox2apic, with interrupt remapping on in the firmware's setup" },
	{ UNSUPPORTED, ARM64, true, pseudo_nmi, "the kernel masks interrupts by priority", "boot without irqchip.gicv3_pseudo_nmi=1" },
	{ "kernel-lockdown", ALL, true, lockdown, "the kernel takes signed modules only",
	  "sign bulkhead.ko with a key the machine trusts" },
	{ "root-panic", ALL, false, panic_reboots,
	  "a root that panics reboots the machine, and with it the cells, unless one that runs is critical",
	  "sysctl kernel.panic=0, or critical; in the cell file" },
	{ "root-ticks", X86, false, late_ticks, "an emulator's ticks come late where its host is busy, and the kernel panics at boot",
	  "boot with no_timer_check tsc=nowatchdog" },
	{ "root-watchdog", ALL, false, watchdog_runs,
	  "a hardware watchdog resets the machine when the root hangs, and with it all cells, critical ones too",
	  "stop who feeds /dev/watchdogN, if the cells are to outlive the root" },
	{ "root-kdump", ALL, false, crash_kernel,
	  "the dump kernel knows nothing of cells: it may write to their devices, and dies of reading their memory",
	  "have it load bulkhead.ko before it reads /proc/vmcore, and no driver of a cell's device; or kexec -p -u" },
};

static void row(const struct finding *f)
{
	output_row();
	output_string("finding", "FINDING", f->id);
	output_string("effect", "EFFECT", f->stops ? "stops enable" : "ends cells");
	output_string("what", "WHAT", f->what);
	output_string("fix", "FIX", f->fix);
}

/* What stops enable, counted. What is wrong with the driver or with the machine's own description is reported as ever, too. */
static u32 stoppers(const struct options *o, bool driver)
{
	bool unknown = !not_root() && board_load(o->board, mem_alloc(sizeof(struct board))) != 0;
	const char *refused = refusal(), *fix = strstr(refused, "; ");
	u32 count = 0;

	for (u32 i = 0; i < ARRAY_SIZE(findings); i++) {
		if (!findings[i].stops || !(findings[i].archs & arch_bit_here()) || !findings[i].found())
			continue;
		if (*refused && strcmp(findings[i].id, UNSUPPORTED) == 0) /* the driver knows better */
			continue;
		row(&findings[i]);
		count++;
	}
	if (*refused) {
		const char *what = mem_copy(refused, fix ? (size_t)(fix - refused) : strlen(refused));

		row(&(struct finding){ UNSUPPORTED, ALL, true, NULL, what, fix ? fix + strlen("; ") : "dmesg says more" });
		count++;
	}
	if (!driver) {
		row(&(struct finding){ "version-mismatch", ALL, true, NULL, "the driver does not go with this cellctl, as the error says",
				       "install cellctl and bulkhead.ko from one build" });
		count++;
	}
	if (unknown) {
		row(&(struct finding){ "board-invalid", ALL, true, NULL,
				       "what this machine says of itself lacks something, as the error says", "give enable a board file" });
		count++;
	}
	return count;
}

enum exit_code verb_doctor(const struct options *o)
{
	struct bulkhead_status s = { 0 };
	bool driver = not_root() || no_module() || (driver_open() == EXIT_DONE && !driver_query(BULKHEAD_STATUS, &s, sizeof(s)));
	u32 stops;

	output_table_begin("findings", "nothing found that would stop enable, or end cells later");
	stops = s.enabled ? 0 : stoppers(o, driver);
	for (u32 i = 0; i < ARRAY_SIZE(findings); i++)
		if (!findings[i].stops && (findings[i].archs & arch_bit_here()) && findings[i].found())
			row(&findings[i]);
	output_table_end();
	trust_print();
	return stops ? EXIT_FAILED : EXIT_DONE;
}
