/* SPDX-License-Identifier: GPL-2.0-only */
/* Registers, instructions and numbers of the architecture. AMD APM vol. 2 and 3; Intel SDM vol. 3, "Extended XAPIC". */
#ifndef ASM_X86_H
#define ASM_X86_H

#include <bulkhead/types.h>

#define CR0_PE BIT64(0)
#define CR0_ET BIT64(4)
#define CR0_NW BIT64(29)
#define CR0_CD BIT64(30)
#define CR0_PG BIT64(31)
#define CR4_PAE BIT64(5)
#define CR4_LA57 BIT64(12)
#define CR4_OSXSAVE BIT64(18)
#define EFER_SCE BIT64(0)
#define EFER_LME BIT64(8)
#define EFER_LMA BIT64(10)
#define EFER_NXE BIT64(11)
#define EFER_SVME BIT64(12)
#define EFER_FFXSR BIT64(14)
#define EFER_TCE BIT64(15)
#define RFLAGS_FIXED BIT64(1)
#define RFLAGS_TF BIT64(8)
#define DR6_RESET 0xffff0ff0u
#define DR6_STEP BIT64(14)
#define DR7_RESET 0x400u
#define PAT_RESET 0x0007040600070406ull

#define MSR_TSC 0x10
#define MSR_APIC_BASE 0x1b
#define MSR_SPEC_CTRL 0x48
#define MSR_PRED_CMD 0x49
#define MSR_BIOS_SIGN 0x8b
#define MSR_SYSENTER_CS 0x174
#define MSR_SYSENTER_EIP 0x176
#define MSR_MISC_ENABLE 0x1a0
#define MSR_DEBUGCTL 0x1d9
#define MSR_PAT 0x277
#define MSR_TSC_DEADLINE 0x6e0
#define MSR_XSS 0xda0
#define MSR_X2APIC 0x800
#define MSR_X2APIC_ICR 0x830
#define MSR_EFER 0xc0000080
#define MSR_STAR 0xc0000081
#define MSR_SFMASK 0xc0000084
#define MSR_FS_BASE 0xc0000100
#define MSR_KERNEL_GS_BASE 0xc0000102
#define MSR_TSC_AUX 0xc0000103
#define MSR_SYSCFG 0xc0010010
#define MSR_VM_CR 0xc0010114
#define MSR_VM_HSAVE_PA 0xc0010117
#define MSR_KVM_WALL_CLOCK 0x4b564d00
#define MSR_KVM_SYSTEM_TIME 0x4b564d01

#define APIC_BASE_BSP BIT64(8)
#define APIC_BASE_EXTD BIT64(10)
#define APIC_BASE_ENABLE BIT64(11)

enum {
	VECTOR_DB = 1,
	VECTOR_NMI = 2,
	VECTOR_UD = 6,
	VECTOR_GP = 13,
	VECTOR_AC = 17,
	VECTOR_MC = 18,
	VECTOR_SX = 30,
	VECTOR_LEGAL = 16, /* below: no vector for an interrupt; in QEMU's APIC 0 would stay pending for ever */
};

struct cpuid_result {
	u32 eax, ebx, ecx, edx;
};

#ifndef X86_FAKE
static inline u64 msr_read(u32 msr)
{
	u32 low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr) : "memory");
	return (u64)high << 32 | low;
}

static inline void msr_write(u32 msr, u64 value)
{
	__asm__ volatile("wrmsr" : : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
}

static inline struct cpuid_result cpuid(u32 leaf, u32 subleaf)
{
	struct cpuid_result r;

	__asm__ volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(subleaf));
	return r;
}

#define READ_REGISTER(name)                                                         \
	static inline u64 read_##name(void)                                         \
	{                                                                           \
		u64 value;                                                          \
		__asm__ volatile("mov %%" #name ", %0" : "=r"(value) : : "memory"); \
		return value;                                                       \
	}
READ_REGISTER(cr0)
READ_REGISTER(cr2)
READ_REGISTER(cr3)
READ_REGISTER(cr4)
READ_REGISTER(dr6)
READ_REGISTER(dr7)

static inline u64 read_tsc(void)
{
	u32 low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (u64)high << 32 | low;
}

static inline void port_write8(u16 port, u8 value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline u32 port_read(u16 port, u32 width)
{
	u32 value = 0;

	if (width == 1)
		__asm__ volatile("inb %1, %b0" : "+a"(value) : "Nd"(port));
	else if (width == 2)
		__asm__ volatile("inw %1, %w0" : "+a"(value) : "Nd"(port));
	else
		__asm__ volatile("inl %1, %0" : "+a"(value) : "Nd"(port));
	return value;
}

static inline void port_write(u16 port, u32 width, u32 value)
{
	if (width == 1)
		__asm__ volatile("outb %b0, %1" : : "a"(value), "Nd"(port));
	else if (width == 2)
		__asm__ volatile("outw %w0, %1" : : "a"(value), "Nd"(port));
	else
		__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

#define fence_all() __asm__ volatile("mfence" : : : "memory")
#define cpu_pause() __asm__ volatile("pause" : : : "memory")
#define cache_write_back() __asm__ volatile("wbinvd" : : : "memory")
#define cache_flush_line(p) __asm__ volatile("clflush (%0)\n\tmfence" : : "r"(p) : "memory")
#define tlb_drop(va) __asm__ volatile("invlpg (%0)" : : "r"(va) : "memory")
#define write_cr3(value) __asm__ volatile("mov %0, %%cr3" : : "r"(value) : "memory")
#define write_dr6(value) __asm__ volatile("mov %0, %%dr6" : : "r"((u64)(value)))
#define write_dr7(value) __asm__ volatile("mov %0, %%dr7" : : "r"((u64)(value)))
#else
u64 msr_read(u32 msr);
void msr_write(u32 msr, u64 value);
struct cpuid_result cpuid(u32 leaf, u32 subleaf);
u64 read_cr0(void), read_cr2(void), read_cr3(void), read_cr4(void), read_dr6(void), read_dr7(void), read_tsc(void);
void write_dr6(u64 value), write_dr7(u64 value);
void port_write8(u16 port, u8 value);
u32 port_read(u16 port, u32 width);
void port_write(u16 port, u32 width, u32 value);
void fence_all(void);
void cpu_pause(void);
void cache_write_back(void);
#endif

#endif
