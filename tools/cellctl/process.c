// SPDX-License-Identifier: GPL-2.0-only
/* Runs cpp and dtc. In- and output are memory files, so no pipe can fill up and nothing is left on disk. */
#include "process.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int memory_file(const char *name, const struct bytes *content)
{
	int fd = memfd_create(name, MFD_CLOEXEC);
	size_t done = 0;

	if (fd < 0)
		return -errno;
	while (content && done < content->size) {
		ssize_t n = write(fd, content->data + done, content->size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			close(fd);
			return -EIO;
		}
		done += (size_t)n;
	}
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static void child(const char *const *argv, const int fd[3])
{
	for (int i = 0; i < 3; i++)
		if (dup2(fd[i], i) < 0)
			_exit(126);
	/* execvp() wants char *const[]; it does not write to them. */
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(errno == ENOENT ? 127 : 126);
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	return WEXITSTATUS(status) == 127 ? -ENOENT : WEXITSTATUS(status);
}

int process_run(const char *const *argv, const struct bytes *input, struct bytes *output, struct bytes *log, size_t limit)
{
	int fd[3] = { memory_file("in", input), memory_file("out", NULL), memory_file("log", NULL) };
	int status = -EIO;
	pid_t pid;

	if (fd[0] >= 0 && fd[1] >= 0 && fd[2] >= 0) {
		fflush(NULL);
		pid = fork();
		if (pid == 0)
			child(argv, fd);
		status = pid < 0 ? -errno : wait_for(pid);
	}
	if (status >= 0) {
		int err;

		lseek(fd[1], 0, SEEK_SET);
		lseek(fd[2], 0, SEEK_SET);
		err = fd_read(fd[1], limit, output);
		if (!err)
			err = fd_read(fd[2], limit, log);
		if (err)
			status = err;
	}
	for (int i = 0; i < 3; i++)
		if (fd[i] >= 0)
			close(fd[i]);
	return status;
}
