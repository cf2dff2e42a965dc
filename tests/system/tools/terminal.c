// SPDX-License-Identifier: GPL-2.0-only
/* Runs a command on a terminal of its own and copies what it prints there, as it comes: terminal COMMAND...; its exit status. */
#include <pty.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char text[256];
	int master, status;
	ssize_t length;
	pid_t child;

	mkdir("/dev/pts", 0755);
	if (argc < 2 || unshare(CLONE_NEWNS) || mount("devpts", "/dev/pts", "devpts", 0, NULL))
		return 125;
	child = forkpty(&master, NULL, NULL, NULL);
	if (child < 0)
		return 125;
	if (child == 0) {
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	while ((length = read(master, text, sizeof(text))) > 0)
		if (write(1, text, (size_t)length) != length)
			return 125;
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
