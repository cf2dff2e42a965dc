/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /dev/bulkhead, root only. Every structure starts with its size and flags: a size the driver does not know is -EINVAL, an
 * unknown flag -E2BIG. Pointers travel as u64. Results: 0 or -1 with errno; `message` then says in words what was wrong.
 *
 * Life of a cell: PREPARE claims memory, takes CPUs offline and devices from their drivers, all held by the open file and
 * given back when it closes; CREATE turns them into a cell; from then on they are the cell's until DESTROY.
 */
#ifndef BULKHEAD_ABI_IOCTL_H
#define BULKHEAD_ABI_IOCTL_H

#include <stdint.h>

#include "hypercall.h"

/*
 * A window whose members name the root is /dev/bulkhead-channels/<channel> as long as it is there, root only:
 *   mmap   offset 0 is the header page, read-only; the data after it, read-write
 *   poll   readable when a doorbell rang or a member's state changed since the last read; hang-up when the window is gone
 *   read   waits for that: 4 bytes, how many doorbells rang since the last read (0: a state changed); EPIPE: gone
 *   write  struct bulkhead_ring: one doorbell; ENODEV: that member does not run
 */
struct bulkhead_ring {
	uint32_t member;
	uint32_t doorbell;
};

#define BULKHEAD_IOCTL_TYPE 0xbe
#define BULKHEAD_MESSAGE_SIZE 160
#define BULKHEAD_DEVICE_NAME 64
#define BULKHEAD_MAX_DEVICES 16

#define BULKHEAD_NOTIFY_ANY (~0u) /* where the driver finds an interrupt itself */

struct bulkhead_enable {
	uint32_t size;
	uint32_t flags; /* none yet */
	uint64_t blob;  /* user pointer, system blob */
	uint32_t blob_size;
	uint32_t cpu_count; /* board CPUs in the blob */
	uint32_t step;      /* out: breadcrumb */
	uint32_t confirm;   /* seconds until the launch is undone unless CONFIRM comes; 0: it stays */
	uint32_t notify;    /* interrupt that nothing uses, as in blobs: tells of cells' ends; 0: none, poll */
	uint32_t reserved;
	uint64_t hwid[BULKHEAD_MAX_CPUS];    /* hardware id of each board CPU, to find the Linux CPU */
	char message[BULKHEAD_MESSAGE_SIZE]; /* out */
};

struct bulkhead_simple { /* DISABLE, LOCK, CONFIRM */
	uint32_t size;
	uint32_t flags;
	char message[BULKHEAD_MESSAGE_SIZE];
};

struct bulkhead_prepare {
	uint32_t size;
	uint32_t flags;
	uint64_t blob; /* user pointer, cell blob */
	uint32_t blob_size;
	uint32_t device_count;
	/* "bus/name", e.g. "amba/9040000.pl011": unbound and kept from other drivers while the cell lives */
	char devices[BULKHEAD_MAX_DEVICES][BULKHEAD_DEVICE_NAME];
	char message[BULKHEAD_MESSAGE_SIZE];
};

struct bulkhead_create { /* turns what PREPARE holds for this open file into a cell */
	uint32_t size;
	uint32_t flags;
	uint32_t id; /* out */
	uint32_t reserved;
	char message[BULKHEAD_MESSAGE_SIZE];
};

struct bulkhead_load {
	uint32_t size;
	uint32_t flags;
	uint32_t id;
	uint32_t reserved;
	uint64_t gpa;    /* in the cell */
	uint64_t data;   /* user pointer */
	uint64_t length; /* bytes; any */
	char message[BULKHEAD_MESSAGE_SIZE];
};

struct bulkhead_start {
	uint32_t size;
	uint32_t flags;
	uint32_t id;
	uint32_t reserved;
	uint64_t entry;
	uint64_t argument;
	char message[BULKHEAD_MESSAGE_SIZE];
};

#define BULKHEAD_STOP_FORCE HC_FORCE       /* also a critical cell */
#define BULKHEAD_STOP_WATCHDOG HC_WATCHDOG /* STOP: it hangs, and has failed */

struct bulkhead_cell { /* STOP, DESTROY, SUSPEND, RESUME, SHUTDOWN */
	uint32_t size;
	uint32_t flags; /* BULKHEAD_STOP_* */
	uint32_t id;
	uint32_t request; /* out: SHUTDOWN: the word in the comm page */
	char message[BULKHEAD_MESSAGE_SIZE];
};

enum bulkhead_enabled { BULKHEAD_OFF = 0, BULKHEAD_ON = 1, BULKHEAD_UNCONFIRMED = 2 };

struct bulkhead_status {
	uint32_t size;
	uint32_t flags;
	uint32_t enabled;    /* enum bulkhead_enabled */
	uint32_t driver_abi; /* BULKHEAD_ABI_VERSION of the driver */
	char driver_version[32];
	uint8_t image_sha256[32]; /* the image this module takes */
	uint32_t notify_irq;      /* of this kernel, by which it is told of cells' ends; 0: it polls */
	uint32_t reserved;
	struct system_info system; /* valid if enabled */
};

struct bulkhead_cell_query { /* id in info.id: exact; with NEXT: the first cell with id >= info.id */
	uint32_t size;
	uint32_t flags;
#define BULKHEAD_QUERY_NEXT 0x1
	struct cell_info info;
};

struct bulkhead_cpu_query {
	uint32_t size;
	uint32_t flags;
	int32_t linux_cpu; /* out, -1: none */
	uint32_t reserved;
	struct cpu_info info; /* info.cpu in */
};

struct bulkhead_comm { /* what the guest says in its comm page; read from memory, no hypercall */
	uint32_t size;
	uint32_t flags;
	uint32_t id; /* in */
	uint32_t request, answer;
	uint32_t reserved;
	uint64_t heartbeat;
};

struct bulkhead_window_query { /* the first window with id >= header.id; -ENOENT: there is none */
	uint32_t size;
	uint32_t flags;
	uint64_t base; /* out: of the memory claimed for it */
	struct window_header header;
};

#define BULKHEAD_CONSOLE_HYPERVISOR (~0u)

struct bulkhead_console {
	uint32_t size;
	uint32_t flags;
	uint32_t id;       /* cell id, or BULKHEAD_CONSOLE_HYPERVISOR */
	uint32_t length;   /* in: room at data; out: bytes copied */
	uint64_t position; /* in: bytes already read; out: position after this read; a jump means overwritten text */
	uint64_t data;     /* user pointer */
};

struct bulkhead_stats {
	uint32_t size;
	uint32_t flags;
	uint32_t cpu_count;     /* in: room; out: board CPUs */
	uint32_t counter_count; /* out: EXIT_COUNTERS */
	uint64_t data;          /* user pointer to u64[cpu_count][counter_count] */
};

#define BULKHEAD_IOC(n, type) (0xc0000000u | ((uint32_t)sizeof(struct type) << 16) | (BULKHEAD_IOCTL_TYPE << 8) | (n))
#define BULKHEAD_ENABLE BULKHEAD_IOC(1, bulkhead_enable)
#define BULKHEAD_DISABLE BULKHEAD_IOC(2, bulkhead_simple)
#define BULKHEAD_PREPARE BULKHEAD_IOC(3, bulkhead_prepare)
#define BULKHEAD_CREATE BULKHEAD_IOC(4, bulkhead_create)
#define BULKHEAD_LOAD BULKHEAD_IOC(5, bulkhead_load)
#define BULKHEAD_START BULKHEAD_IOC(6, bulkhead_start)
#define BULKHEAD_STOP BULKHEAD_IOC(7, bulkhead_cell)
#define BULKHEAD_DESTROY BULKHEAD_IOC(8, bulkhead_cell)
#define BULKHEAD_STATUS BULKHEAD_IOC(9, bulkhead_status)
#define BULKHEAD_CELL_QUERY BULKHEAD_IOC(10, bulkhead_cell_query)
#define BULKHEAD_CPU_QUERY BULKHEAD_IOC(11, bulkhead_cpu_query)
#define BULKHEAD_CONSOLE BULKHEAD_IOC(12, bulkhead_console)
#define BULKHEAD_STATS BULKHEAD_IOC(13, bulkhead_stats)
#define BULKHEAD_SUSPEND BULKHEAD_IOC(14, bulkhead_cell)
#define BULKHEAD_RESUME BULKHEAD_IOC(15, bulkhead_cell)
#define BULKHEAD_SHUTDOWN BULKHEAD_IOC(16, bulkhead_cell)
#define BULKHEAD_COMM BULKHEAD_IOC(17, bulkhead_comm)
#define BULKHEAD_LOCK BULKHEAD_IOC(18, bulkhead_simple)
#define BULKHEAD_CONFIRM BULKHEAD_IOC(19, bulkhead_simple)
#define BULKHEAD_WINDOW_QUERY BULKHEAD_IOC(20, bulkhead_window_query)

_Static_assert(sizeof(struct bulkhead_enable) == 40 + 8 * BULKHEAD_MAX_CPUS + BULKHEAD_MESSAGE_SIZE, "ABI");
_Static_assert(sizeof(struct bulkhead_prepare) == 24 + BULKHEAD_MAX_DEVICES * BULKHEAD_DEVICE_NAME + BULKHEAD_MESSAGE_SIZE, "ABI");
_Static_assert(sizeof(struct bulkhead_load) == 40 + BULKHEAD_MESSAGE_SIZE, "ABI");
_Static_assert(sizeof(struct bulkhead_start) == 32 + BULKHEAD_MESSAGE_SIZE, "ABI");
_Static_assert(sizeof(struct bulkhead_cell) == 16 + BULKHEAD_MESSAGE_SIZE, "ABI");
_Static_assert(sizeof(struct bulkhead_comm) == 32, "ABI");
_Static_assert(sizeof(struct bulkhead_console) == 32, "ABI");

#endif
