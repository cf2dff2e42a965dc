/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exit reasons: one X-macro per architecture, X(number, NAME, "name", "help"). Numbers are never reused; 0..15 are common.
 * counters[0] is the sum; every entry into the hypervisor counts once there and once under its reason.
 */
#ifndef BULKHEAD_ABI_EXITS_H
#define BULKHEAD_ABI_EXITS_H

#define EXIT_COUNTERS 32 /* u64 per CPU */

#define EXIT_REASONS_COMMON(X)                                                        \
	X(0, TOTAL, "total", "all entries into the hypervisor")                       \
	X(1, HYPERCALL, "hypercall", "calls into Bulkhead itself")                    \
	X(2, KICK, "kick", "another CPU asked this one to park or look at a request") \
	X(3, MMIO, "mmio", "trapped register access")                                 \
	X(4, MEMORY, "memory", "access outside the cell's memory")                    \
	X(5, FIRMWARE, "firmware", "firmware call: power management and others")      \
	X(6, IPI, "ipi", "inter-processor interrupt sent")                            \
	X(7, SYSREG, "sysreg", "trapped system register")                             \
	X(8, OTHER, "other", "none of the named reasons")

#define EXIT_REASONS_ARM64(X)                                                                   \
	EXIT_REASONS_COMMON(X)                                                                  \
	X(16, STUB, "stub", "hvc #0 calls of the root that the kernel's EL2 stub would answer") \
	X(17, KVM, "kvm", "calls of the root's KVM, answered not supported")                    \
	X(18, FIQ, "fiq", "Group 0 interrupt that was not a kick")                              \
	X(19, CACHE, "cache", "cache maintenance by set/way")

#define EXIT_REASONS_RISCV(X)                                                               \
	EXIT_REASONS_COMMON(X)                                                              \
	X(16, TIMER, "timer", "timer programmed or expired, on CPUs without Sstc")          \
	X(17, FENCE, "fence", "remote fence requested from firmware")                       \
	X(18, MSI, "msi", "message interrupt of a device passed on to the root's own file") \
	X(19, INSTRUCTION, "instruction", "instruction of the hypervisor level or unknown")

#define EXIT_REASONS_X86(X)                                                                  \
	EXIT_REASONS_COMMON(X)                                                               \
	X(16, CPUID, "cpuid", "identification of the CPU")                                   \
	X(17, MSR, "msr", "model-specific register, interrupts sent not counted")            \
	X(18, PIO, "pio", "I/O port that is not the guest's")                                \
	X(19, NMI, "nmi", "non-maskable interrupt that was not a kick")                      \
	X(20, CACHE, "cache", "cache write-back or invalidation as a whole")                 \
	X(21, SHUTDOWN, "shutdown", "triple fault")                                          \
	X(22, EXCEPTION, "exception", "exception that could hold a CPU for ever, passed on") \
	X(23, XSETBV, "xsetbv", "extended state switched on or off")

#define EXIT_ENUM(n, NAME, name, help) EXIT_##NAME = n,
enum exit_reason { EXIT_REASONS_ARM64(EXIT_ENUM) };
#define EXIT_ENUM_OWN(n, NAME, name, help) EXIT_RISCV_##NAME = n,
enum exit_reason_riscv { EXIT_REASONS_RISCV(EXIT_ENUM_OWN) };
#define EXIT_ENUM_X86(n, NAME, name, help) EXIT_X86_##NAME = n,
enum exit_reason_x86 { EXIT_REASONS_X86(EXIT_ENUM_X86) };

#endif
