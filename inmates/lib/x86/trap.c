// SPDX-License-Identifier: BSD-2-Clause
/* Traps: interrupts are handed on; the expected exception goes on where its instruction says, any other is reported and ends the guest. */
#include "port.h"

#define EXCEPTIONS 32
#define EXCEPTION_PAGE 14
#define PAGE_FETCH 0x10
#define RFLAGS_ONE 0x2
#define GATE_INTERRUPT 0x8e00ull

struct gate {
	u64 low, high;
};

extern u8 port_stubs[];
extern const struct expect expect_start[], expect_end[];

static struct gate idt[VECTOR_COUNT];

void port_idt_load(void)
{
	struct __attribute__((packed)) {
		u16 limit;
		u64 base;
	} pointer = { sizeof(idt) - 1, (u64)(uintptr_t)idt };

	for (u32 i = 0; i < VECTOR_COUNT && idt[i].low == 0; i++) {
		u64 at = (u64)(uintptr_t)port_stubs + i * STUB_SIZE;

		idt[i].high = at >> 32;
		idt[i].low = (at & 0xffff) | SELECTOR_CODE << 16 | GATE_INTERRUPT << 32 | (at >> 16 & 0xffff) << 48;
	}
	asm volatile("lidt %0" ::"m"(pointer), "m"(idt));
}

/* An instruction that could not be fetched was called: on with the caller. Else the table knows. False: it does not. */
static bool go_on(struct frame *frame)
{
	if (frame->vector == EXCEPTION_PAGE && (frame->error & PAGE_FETCH)) {
		frame->rip = *(const u64 *)(uintptr_t)frame->rsp;
		frame->rsp += 8;
		return true;
	}
	for (const struct expect *e = expect_start; e < expect_end; e++) {
		if (e->from == frame->rip) {
			frame->rip = e->to;
			return true;
		}
	}
	return false;
}

static u64 fault_address(void)
{
	u64 value;

	asm volatile("movq %%cr2, %0" : "=r"(value));
	return value;
}

void port_trap(struct frame *frame)
{
	if (frame->vector >= EXCEPTIONS) {
		port_irq((u32)frame->vector);
		return;
	}
	if (trap_expects() && go_on(frame)) {
		trap_expected(frame->vector << 32 | frame->error | 1ull << 63);
		return;
	}
	if (trap_guarded() != 0) {
		frame->rip = (u64)(uintptr_t)trap_guard_out;
		frame->rsp = trap_guarded();
		frame->rflags = RFLAGS_ONE;
		frame->cs = SELECTOR_CODE;
		frame->ss = SELECTOR_DATA;
		return;
	}
	print("exception: cpu=%u vector=%lu error=0x%lx rip=0x%lx cr2=0x%lx rflags=0x%lx rsp=0x%lx\n", cpu_index(), frame->vector,
	      frame->error, frame->rip, fault_address(), frame->rflags, frame->rsp);
	cpu_park();
}
