/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fake architecture: every function of arch.h on the host, so that all of core runs in unit tests. Its page table
 * entries and block sizes are deliberately unlike any real ones. Physical memory is a file mapped twice: at its own address
 * only for the hypervisor's claim, and in a window area elsewhere, so that core cannot touch a guest's page but through
 * arch_window().
 */
#ifndef FAKE_H
#define FAKE_H

#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>

#include "order.h"

#define FAKE_DEVICE_BASE 0x08000000ull /* registers, backed by memory */
#define FAKE_CONTROLLER FAKE_DEVICE_BASE
#define FAKE_CONTROLLER_SIZE 0x20000ull
#define FAKE_IRQ_PAGE(cpu) (FAKE_CONTROLLER + 0x10000ull + (cpu)*0x2000ull) /* as the root sees it; the CPU's own is one on */
#define FAKE_CELL_IRQ_PAGES 0x08020000ull
#define FAKE_RAM_BASE 0x10000000ull
#define FAKE_RAM_SIZE 0x04000000ull
#define FAKE_PHYS_LIMIT 0x20000000ull
#define FAKE_CPUS 8
#define FAKE_IRQS 1024

/* How a call on a CPU ended. */
enum fake_end {
	END_RETURNED, /* the function came back */
	END_RUNS,     /* the CPU runs guest code: see fake.cpu[].entry */
	END_WAITS,    /* parked, or dead in panic() */
	END_NATIVE,   /* left the hypervisor */
	END_FIRMWARE, /* powered off */
};

/* Steps that can be told to fail. */
enum fake_fail { FAIL_NONE, FAIL_PROBE, FAIL_CONTROLLERS, FAIL_MAP_DEVICE, FAIL_IRQ_INIT, FAIL_CPU_INIT, FAIL_GEOMETRY, FAIL_COUNT };

struct fake_cpu {
	struct cpu *cpu; /* known after its first entry */
	enum fake_end end;
	u64 entry;
	u64 argument;
	bool inited;
	u32 kicks;
};

struct fake {
	u32 current;
	struct fake_cpu cpu[FAKE_CPUS];
	u64 now;
	bool strict_windows; /* a window call really unmaps the slot's earlier pages: slow */
	enum fake_fail fail;
	u32 fail_cpu; /* of FAIL_CPU_INIT */
	u32 irq_inits;
	u32 flushes[64]; /* by owner */
	u32 windows;     /* calls */
	u64 cleaned;     /* bytes */
	u64 scrubbed;    /* bytes */
	u16 irq_owner[FAKE_IRQS];
	u32 irq_moves;
	u32 notified; /* times the root was told, and by what */
	u64 notified_by;
	u32 sent[8];             /* interrupts, to each cell */
	void (*meanwhile)(void); /* what others do while a CPU waits, once; then it wakes */
	bool firmware_slow;      /* powered-off CPUs are not reported off */
	char log[65536];         /* what the UART printed */
	u32 log_length;
};

extern struct fake fake;

/* A fresh machine: memory filled with rubbish, nothing mapped, counters 0. */
void fake_reset(void);
/* The test's own view of physical memory; does not count as an access of the hypervisor. */
void *fake_memory(u64 pa);
bool fake_memory_is(u64 pa, u64 size, u8 value);
/* Runs call() as CPU index until it returns or leaves by an arch function that does not return. */
enum fake_end fake_on_cpu(u32 index, void (*call)(void *), void *argument);
/* Has panic() been called since fake_reset()? */
bool fake_panicked(void);
bool fake_logged(const char *text);

/* Physical address behind a pointer handed out by arch_window(), 0 if it is none. */
u64 fake_window_pa(const void *pointer);
/* memset() and memcpy() of the objects under test: see scrubs and loads. */
void *fake_memset(void *to, int value, size_t count);
void *fake_memcpy(void *to, const void *from, size_t count);
void fake_memory_reset(void);
/* Gives the hypervisor [base, base + size) at its physical address. */
void fake_memory_claim(u64 base, u64 size);

#endif
