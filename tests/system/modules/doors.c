// SPDX-License-Identifier: GPL-2.0-only
/* Goes through one door to reset or power as no driver of the kernel's does, `door=`: loading fails with what came back, as an errno. */
#include <linux/io.h>
#include <linux/irqflags.h>
#include <linux/module.h>

static char *door;
module_param(door, charp, 0);

#ifdef CONFIG_ARM64
#include <linux/arm-smccc.h>
#include <uapi/linux/psci.h>

static long doors_call(u32 function, u64 argument)
{
	struct arm_smccc_res result;

	arm_smccc_smc(function, argument, 0, 0, 0, 0, 0, 0, &result);
	return (long)result.a0;
}

static long doors_off(void)
{
	return doors_call(PSCI_0_2_FN_SYSTEM_OFF, 0);
}

static long doors_reset(void)
{
	return doors_call(PSCI_0_2_FN_SYSTEM_RESET, 0);
}

static long doors_reset2(void)
{
	return doors_call(PSCI_1_1_FN64_SYSTEM_RESET2, 0);
}

static long doors_reset2_32(void)
{
	return doors_call(PSCI_1_1_FN_SYSTEM_RESET2, 0);
}

static long doors_suspend(void)
{
	return doors_call(PSCI_1_0_FN64_SYSTEM_SUSPEND, 0);
}

/* Firmware would have memory overwritten by the next reset. */
static long doors_protect(void)
{
	return doors_call(0x84000013, 1);
}

#define DOORS                                                                                                         \
	{ "off", doors_off }, { "reset", doors_reset }, { "reset2", doors_reset2 }, { "reset2-32", doors_reset2_32 }, \
		{ "suspend", doors_suspend },                                                                         \
	{                                                                                                             \
		"mem-protect", doors_protect                                                                          \
	}
#endif

#ifdef CONFIG_RISCV
#include <asm/sbi.h>

static long doors_extension(unsigned long extension, unsigned long argument)
{
	register unsigned long a0 asm("a0") = argument;
	register unsigned long a1 asm("a1") = 0;
	register unsigned long a6 asm("a6") = 0;
	register unsigned long a7 asm("a7") = extension;

	asm volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a6), "r"(a7) : "memory");
	return (long)a0;
}

static long doors_call(unsigned long type)
{
	return doors_extension(SBI_EXT_SRST, type);
}

static long doors_off(void)
{
	return doors_call(SBI_SRST_RESET_TYPE_SHUTDOWN);
}

static long doors_cold(void)
{
	return doors_call(SBI_SRST_RESET_TYPE_COLD_REBOOT);
}

static long doors_warm(void)
{
	return doors_call(SBI_SRST_RESET_TYPE_WARM_REBOOT);
}

static long doors_suspend(void)
{
	return doors_extension(0x53555350, 0);
}

static long doors_legacy(void)
{
	return doors_extension(8, 0);
}

#define DOORS                                                                                               \
	{ "off", doors_off }, { "cold", doors_cold }, { "warm", doors_warm }, { "suspend", doors_suspend }, \
	{                                                                                                   \
		"legacy", doors_legacy                                                                      \
	}
#endif

#ifdef CONFIG_X86
#include <asm/desc.h>

static long doors_keyboard(void)
{
	outb(0xfe, 0x64);
	return 0;
}

static long doors_pulse(void)
{
	outb(0xf0, 0x64);
	return 0;
}

static long doors_output_port(void)
{
	outb(0xd1, 0x64);
	outb(0xde, 0x60);
	return 0;
}

static long doors_control(void)
{
	outb(inb(0x92) & ~1, 0x92);
	outb(inb(0x92) | 1, 0x92);
	return 0;
}

static long doors_chipset(void)
{
	outb(0x02, 0xcf9);
	outb(0x06, 0xcf9);
	return 0;
}

/* The machine of the tests: its ACPI tables name this register. */
static long doors_off(void)
{
	outw((inw(0x604) & ~0x1c00) | 0x2000, 0x604);
	return 0;
}

static long doors_off_byte(void)
{
	outb(0x20, 0x605);
	return 0;
}

static long doors_fault(void)
{
	const struct desc_ptr none = { 0, 0 };

	local_irq_disable();
	load_idt(&none);
	asm volatile("int3");
	return 0;
}

#define DOORS                                                                                                                         \
	{ "keyboard", doors_keyboard }, { "pulse", doors_pulse }, { "output-port", doors_output_port }, { "control", doors_control }, \
		{ "chipset", doors_chipset }, { "off", doors_off }, { "off-byte", doors_off_byte },                                   \
	{                                                                                                                             \
		"fault", doors_fault                                                                                                  \
	}
#endif

static const struct {
	const char *name;
	long (*open)(void);
} doors[] = { DOORS };

static int __init doors_init(void)
{
	unsigned int i;

	for (i = 0; door && i < ARRAY_SIZE(doors); i++) {
		if (strcmp(door, doors[i].name))
			continue;
		pr_info("doors: %s came back: %ld\n", door, doors[i].open());
		return -ECANCELED;
	}
	return -EINVAL;
}
module_init(doors_init);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Tries the doors to reset and power");
