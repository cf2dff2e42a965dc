/* SPDX-License-Identifier: BSD-2-Clause */
/* The x2APIC of a CPU for guests: registers are MSRs. Intel SDM 3, chapter 11; AMD APM 2, chapter 16. */
#ifndef INMATE_APIC_H
#define INMATE_APIC_H

#include "port.h"

#define MSR_APIC_BASE 0x1b
#define APIC_BASE_BSP 0x100
#define APIC_BASE_X2APIC 0x400
#define APIC_BASE_ENABLE 0x800

#define X2APIC_ID 0x802
#define X2APIC_VERSION 0x803
#define X2APIC_TPR 0x808
#define X2APIC_EOI 0x80b
#define X2APIC_SVR 0x80f
#define X2APIC_IRR 0x820 /* 8 words of 32 vectors */
#define X2APIC_IRR 0x820 /* vectors 0 to 31; eight in all */
#define X2APIC_ESR 0x828
#define X2APIC_ICR 0x830
#define X2APIC_LVT_TIMER 0x832
#define X2APIC_LVT_LINT0 0x835
#define X2APIC_TIMER_INITIAL 0x838
#define X2APIC_TIMER_CURRENT 0x839
#define X2APIC_TIMER_DIVIDE 0x83e
#define X2APIC_SELF_IPI 0x83f

#define SVR_ENABLE 0x100
#define LVT_MASKED 0x10000
#define LVT_PERIODIC 0x20000
#define TIMER_DIVIDE_BY_1 0xb

/* ICR: delivery modes and the rest. */
#define ICR_FIXED 0x000
#define ICR_NMI 0x400
#define ICR_INIT 0x500
#define ICR_STARTUP 0x600
#define ICR_LOGICAL 0x800
#define ICR_ASSERT 0x4000
#define ICR_SELF 0x40000
#define ICR_OTHERS 0xc0000
#define ICR_DESTINATION 32 /* shift */

/*
 * Vectors as this library gives them out: interrupts n of a CPU's own and calls of the cell's own CPUs are at VECTOR_FIRST + n, the
 * timer and the spurious interrupt at the top.
 */
#define VECTOR_FIRST 0x40
#define VECTOR_TIMER 0xec
#define VECTOR_SPURIOUS 0xff

u32 apic_id_of(u32 cpu);
void apic_command(u64 icr);

#endif
