/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every guest of ours is linked with. The same calls on all architectures; the port is below lib/<arch>/.
 * A guest is one main(); when it returns, its CPU waits for ever with interrupts off. Interrupt handlers run on their CPU's
 * own stack with interrupts masked.
 */
#ifndef INMATE_H
#define INMATE_H

#include <bulkhead/abi/blob.h>
#include <bulkhead/abi/comm.h>
#include <bulkhead/abi/hypercall.h>
#include <bulkhead/string.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;

#define INMATE_CPUS 8

/* A page the linker leaves alone, so that a test can hand a number to a guest: load a file at this address after the ELF. */
#define PARAM_PAGE_OFFSET 0x1ff000ull

struct inmate_param {
	u64 target; /* probes: the address to attack; others: a limit, 0: the default */
	u64 option;
	u64 beat; /* written by guests that count: a sign of life for who reads memory from outside */
};

extern struct comm_page *comm; /* NULL when the guest was started with something else */

int main(void);
volatile struct inmate_param *inmate_param(void);

/* console.c: every UART and ring the cell has. Not from interrupt handlers. */
void print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* comm.c: what the root asks of us. Each look is a read of memory. */
bool shutdown_asked(void); /* answers that it was seen; once for each time it is asked */
void shutdown_refuse(void);
/*
 * Prints "mark: NAME" and stands still, without an exit, until the root asked the guest to end; it refuses and goes on. Between two marks
 * a test counts: it looks while the guest waits.
 */
void mark(const char *name);

/* cpu.c of the port */
__attribute__((noreturn)) void machine_off(void); /* this cell's */
u32 cpu_index(void);
int cpu_start(u32 index, void (*entry)(u64 argument), u64 argument); /* 0 or the firmware's error */
__attribute__((noreturn)) void cpu_park(void);
void cpu_idle(void);     /* waits for an interrupt, taken or not */
bool irqs_disable(void); /* true: they were on */
void irqs_enable(void);
s64 hypercall(u64 number, u64 a, u64 b, u64 c, u64 d);

/* gic.c or aia.c of the port */
void irq_init(void);                                    /* on each CPU, interrupts still masked */
void irq_handle(u32 intid, void (*handler)(u32 intid)); /* set before the interrupt is enabled */
void irq_enable(u32 intid, u32 priority);
void irq_disable(u32 intid);
void irq_priority_mask(u32 priority);    /* only higher priorities (smaller numbers) get through; 0xff: all */
u32 irq_of_config(u32 irq);              /* the number here of one that blobs and headers of windows name */
void irq_send(u32 cpu_mask, u32 number); /* to other vCPUs, 1..15 */

/* timer.c of the port; a CPU's own */
u64 counter_now(void);
u64 counter_hz(void);
void timer_start(void (*tick)(u64 deadline), u64 period); /* first deadline: now + period */
void timer_stop(void);
static inline void spin(u64 ticks)
{
	u64 start = counter_now();

	while (counter_now() - start < ticks)
		;
}

/*
 * Expected exceptions: while a word is set, the next synchronous exception on this CPU does not end the guest but resumes after the
 * instruction and stores the syndrome there.
 */
void trap_expect(u64 *syndrome);
/* Calls f(argument). False: an exception ended it, wherever it was by then. For one call at a time on a CPU, not from handlers. */
bool trap_guard(void (*f)(u64 argument), u64 argument);

/* mmu.c of the port: identity mapping of the 2 MiB blocks that hold the range; all that is not mapped faults in the guest. */
enum map_kind { MAP_NORMAL, MAP_DEVICE };
void map_range(u64 address, u64 size, enum map_kind kind);

#endif
