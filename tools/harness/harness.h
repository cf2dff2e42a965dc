/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The host side of system tests: boots a board, runs scripts in its root cell, judges them.
 * One thread, one poll loop (vm.c); everything else is called from it or runs before it.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <limits.h>
#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Exit codes beyond a script's own. */
enum { RC_FAILED = 1, RC_TIMEOUT = 124, RC_HARNESS = 125, RC_PANIC = 126, RC_DIED = 127 };

enum { TAIL_LINES = 40, LINE_SIZE = 4096, CELL_UARTS = 4, CHANNELS = 3 + CELL_UARTS, EXPECT_COUNT = 8, WORDS = 16 };

/* One row of tests/boards.tsv. `alias` is what was asked for: name, or name+kernel, then `kernel` is "+kernel". */
struct board {
	char *alias, *kernel;
	char *name, *arch, *set, *console, *uarts, *tap, *arguments, *qemu;
};

/* After a planned death of the root: `uart` must show `regex`'s number grow by `grow` within `seconds`. */
struct after_panic {
	bool wanted;
	bool gone; /* no panic: the script says when it goes */
	bool word; /* of the machine's memory; the script says where, else a UART */
	int uart;  /* index into vm channels */
	regex_t regex;
	long grow;
	int seconds;
};

struct on_text {
	char *text, *command;
	bool done;
};

/* A script with the directives of its head. */
struct script {
	char path[PATH_MAX];
	char name[128]; /* file name without directory */
	char id[128];   /* system/NAME: what the closing lines show */
	bool is_test;   /* *.t: a TAP plan is required */
	bool own_boot;
	bool guest; /* needs: guest */
	bool plugin;
	int timeout;
	int resets;
	char *boards, *full, *qemu, *modules, *arguments, *program; /* full: boards on which it is in the full set only, "" for all */
	regex_t expect[EXPECT_COUNT];
	bool expect_seen[EXPECT_COUNT];
	int expect_count;
	char *files[WORDS];
	int file_count;
	struct on_text on_text[WORDS];
	int on_text_count;
	struct after_panic after;
};

struct tap {
	int plan, seen, failed, skipped; /* plan -1: none yet */
	bool bad_order, bail, bad_skip;
	char first_bad[256];
};

/* A byte stream with QEMU: one log, lines assembled, the last ones remembered. */
struct channel {
	char name[8];
	int listener, fd, log;
	char line[LINE_SIZE];
	size_t used;
	char *tail[TAIL_LINES];
	unsigned int tail_next;
	char *out;
	size_t out_size;
};

enum { CH_K, CH_T, CH_Q, CH_U1 };

enum event { EV_LINE, EV_TIMEOUT, EV_SILENT, EV_PANIC, EV_DIED };

struct vm {
	const struct board *board;
	struct script *script; /* now running; NULL between scripts */
	pid_t pid;
	int status; /* of QEMU, once it ended */
	char socket_dir[64];
	char log_dir[PATH_MAX]; /* of the boot, or of the script that runs */
	char nonce[33];
	struct channel channel[CHANNELS];
	bool present[CHANNELS];
	int64_t heard; /* ms, last byte on T or K */
	char dirty[256];
	bool panicked, marked;
	uint64_t text; /* kernel's _text, to undo its randomisation */
	long after_first, after_last;
	uint64_t after_word; /* physical address */
	bool after_seen;
};

/* Where things are, from the environment and the command line. */
struct places {
	char top[PATH_MAX], out[PATH_MAX], cache[PATH_MAX];
	bool quick;  /* no long tests, and less of some others */
	bool quiet;  /* do not copy the script's output to stdout */
	double slow; /* factor on all clocks */
	bool calibrate, no_exit_line;
};

extern struct places places;

/* util.c */
char *format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *file_read(const char *path, size_t *size);
void file_write(const char *path, const char *text);
int64_t now_ms(void);
int64_t cpu_ms(pid_t running);
void dir_make(const char *path);
void dir_clear(const char *path);
void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
int words_split(char *text, char **words, int max);
void clocks_refresh(void);
size_t slot(char *to, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* board.c, script.c, initrd.c */
const struct board *board_find(const char *name);
char *board_cmdline(const struct board *b, const char *more);
void script_load(struct script *s, const char *path);
bool script_wants_board(const struct script *s, const char *board);
bool script_is_full(const struct script *s, const char *board);
char *board_kernel(const struct board *b, const char *file);
void initrd_make(const char *path, const struct board *b, const char *nonce, struct script *scripts, int count, char **data,
		 int data_count);

/* tap.c */
void tap_init(struct tap *t);
void tap_line(struct tap *t, const char *line);
const char *tap_verdict(const struct tap *t, bool plan_needed);
void caveats_load(void);

/* channel.c */
void channel_listen(struct vm *vm, int index, const char *name);
bool channel_accept(struct channel *c);
int channel_read(struct channel *c, void (*line)(void *, const char *), void *arg);
void channel_send(struct channel *c, const char *text, size_t size);
void channel_flush(struct channel *c);
void channel_log_to(struct channel *c, const char *dir);
void channel_tail(const struct channel *c, const char *prefix);

/* console.c: what channel K may not show */
void console_line(struct vm *vm, const char *line);

/* vm.c */
void vm_start(struct vm *vm, const struct board *b, struct script *scripts, int count, char **data, int data_count, const char *dir);
void vm_interactive(const struct board *b);
void vm_after(struct vm *vm, long value);
enum event vm_wait(struct vm *vm, int64_t deadline, char *line, size_t size);
void vm_command(struct vm *vm, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void vm_log_to(struct vm *vm, const char *dir);
void vm_kill(struct vm *vm);
bool vm_ended_well(struct vm *vm);

/* qemu.c */
char **qemu_line(struct vm *vm, const char *initrd, const struct script *s);
void qemu_line_save(char **argv, const char *path);

/* qmp.c */
void qmp_start(struct vm *vm);
char *qmp_ask(struct vm *vm, const char *json);
bool qmp_word(struct vm *vm, uint64_t address, long *value);
void on_text_run(struct vm *vm, const char *line);

/* report.c */
void report_failure(struct vm *vm, const char *why);

/* session.c */
int session_boot(struct vm *vm);
int session_run(struct vm *vm, struct script *s);
bool session_baseline(struct vm *vm, char **text);
int session_end(struct vm *vm);

/* batch.c */
int batch_run(const struct board *b, char **paths, int count);

#endif
