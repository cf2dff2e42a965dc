/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Marks: instructions that do nothing on a CPU and that plugin.c recognises. Anywhere in a guest, at any exception level:
 *
 *                  arm64          riscv64           x86-64 (a reserved no-operation, its disp32 is n)
 *   MARK(n)        movz xzr, #n   slti x0, x0, n    0f 19 80 n   the plugin appends its counters, labelled n (0..2047), to its file
 *   MARK_REPLY(n)  movk xzr, #n   sltiu x0, x0, n   0f 19 88 n   and also writes them to the reply: offset MARK_REPLY_OFFSET of
 *                                                                the (4 KiB) page that holds the instruction
 *
 * Without the plugin nothing happens: the reply's magic stays 0.
 */
#ifndef BENCH_MARK_H
#define BENCH_MARK_H

#define MARK_OPCODE_ARM64 0xd280001f       /* n << 5 */
#define MARK_REPLY_OPCODE_ARM64 0xf280001f /* n << 5 */
#define MARK_OPCODE_RISCV 0x00002013       /* n << 20 */
#define MARK_REPLY_OPCODE_RISCV 0x00003013 /* n << 20 */
#define MARK_OPCODE_X86 0x80190f           /* n << 24 */
#define MARK_REPLY_OPCODE_X86 0x88190f     /* n << 24 */
#define MARK_PAGE 4096
#define MARK_REPLY_OFFSET 2048

#ifndef __ASSEMBLER__

#include <stdint.h>

#define MARK_MAGIC 0x4b52414d4b4c5542ull /* "BULKMARK" in memory */
#define MARK_MAX_VCPUS 16

struct mark_vcpu {
	uint64_t exits; /* entries into the hypervisor's vectors from a guest: the four below */
	uint64_t sync;  /* all of them where there is one vector: riscv64, x86-64 */
	uint64_t irq;
	uint64_t fiq;
	uint64_t serror;
	uint64_t self;    /* exceptions the hypervisor took from itself; NMIs it lets in on x86-64 are none */
	uint64_t insns;   /* instructions executed inside the hypervisor, waiting apart */
	uint64_t spin;    /* instructions of blocks that wait: yield, pause, wfe or wfi in them */
	uint64_t aside;   /* instructions of functions the plugin was told to count apart, and of what they called */
	uint64_t longest; /* from vector entry or the end of a wfi to the return or the next wfi, all included, waiting apart */
	uint64_t recent;  /* the same, since the last mark of any vCPU */
};

struct mark_reply {
	uint64_t magic;
	uint32_t vcpu; /* which executed the mark */
	uint32_t vcpu_count;
	uint64_t sequence; /* number of marks so far */
	uint64_t reserved;
	struct mark_vcpu cpu[MARK_MAX_VCPUS];
};

_Static_assert(sizeof(struct mark_reply) <= MARK_PAGE - MARK_REPLY_OFFSET, "reply does not fit");

#ifdef __riscv
#define MARK(n) __asm__ volatile("slti x0, x0, %0" : : "i"(n) : "memory")
#elif defined(__x86_64__)
#define MARK(n) __asm__ volatile(".byte 0x0f, 0x19, 0x80; .long %c0" : : "i"(n) : "memory")
#else
#define MARK(n) __asm__ volatile("movz xzr, #%0" : : "i"(n) : "memory")
#endif

#endif
#endif
