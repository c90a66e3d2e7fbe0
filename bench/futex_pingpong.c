/*
 * The hand-over that the threads executor is measured against: one thread writes a request and waits for its answer, the other
 * waits for the request and writes the answer. Both sleep on a futex; with --spin they look N times before they do.
 *
 *     cc -O2 -pthread -o futex_pingpong bench/futex_pingpong.c
 *     ./futex_pingpong [--rounds N] [--spin N]
 *
 * Prints nanoseconds a round trip.
 */
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct word {
	_Alignas(64) _Atomic uint32_t value;
	_Atomic uint32_t sleepers;
};

static struct word request, answer;
static long rounds = 100000;
static long spins = 0;

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#endif
}

/* Wait until the word is no longer `old`. */
static void await_change(struct word *word, uint32_t old)
{
	for (long i = 0; i < spins; i++) {
		if (atomic_load(&word->value) != old)
			return;
		relax();
	}
	atomic_fetch_add(&word->sleepers, 1);
	while (atomic_load(&word->value) == old)
		syscall(SYS_futex, &word->value, FUTEX_WAIT_PRIVATE, old, NULL, NULL, 0);
	atomic_fetch_sub(&word->sleepers, 1);
}

static void post(struct word *word, uint32_t value)
{
	atomic_store(&word->value, value);
	if (atomic_load(&word->sleepers) != 0)
		syscall(SYS_futex, &word->value, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void *answerer(void *unused)
{
	(void)unused;
	for (long i = 0; i < rounds; i++) {
		await_change(&request, (uint32_t)i);
		post(&answer, (uint32_t)i + 1);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--rounds") == 0)
			rounds = strtol(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--spin") == 0)
			spins = strtol(argv[i + 1], NULL, 10);
	}
	if (rounds < 1) {
		fprintf(stderr, "usage: %s [--rounds N] [--spin N]\n", argv[0]);
		return 2;
	}
	pthread_t thread;
	struct timespec begin, end;

	if (pthread_create(&thread, NULL, answerer, NULL) != 0)
		return 1;
	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (long i = 0; i < rounds; i++) {
		post(&request, (uint32_t)i + 1);
		await_change(&answer, (uint32_t)i);
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	pthread_join(thread, NULL);
	printf("%.0f\n", ((double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec)) / (double)rounds);
	return 0;
}
