// SPDX-License-Identifier: GPL-2.0-only
/* However long it is, a stretch keeps between half and all of its samples: when they are full every second one goes. */
#include "stretch.h"

#include <string.h>

#define EVERY 8 /* instructions between the first samples */
#define TEXT 256

void stretch_begin(struct stretch *s)
{
	s->count = 0;
	s->every = EVERY;
	s->until = 1;
}

static void thin_out(struct stretch *s)
{
	for (uint32_t i = 0; i < STRETCH_SAMPLES / 2; i++)
		memcpy(s->sample[i], s->sample[2 * i], sizeof(s->sample[i]));
	s->count = STRETCH_SAMPLES / 2;
	s->every *= 2;
}

void stretch_step(struct stretch *s, uint64_t offset, const uint64_t *back, uint32_t calls)
{
	uint32_t *sample;

	if (--s->until)
		return;
	if (s->count == STRETCH_SAMPLES)
		thin_out(s);
	s->until = s->every;
	sample = s->sample[s->count++];
	memset(sample, 0, sizeof(s->sample[0]));
	for (uint32_t i = 0; i < calls && i < STRETCH_DEPTH; i++)
		sample[i] = (uint32_t)back[i];
	sample[STRETCH_DEPTH] = (uint32_t)offset;
}

static void chain_text(const struct image *image, const uint32_t *sample, char text[TEXT])
{
	size_t used = 0;

	/* A call at a function's end returns behind it. */
	for (uint32_t i = 0; i < STRETCH_DEPTH && sample[i]; i++)
		used += (size_t)snprintf(text + used, TEXT - used, "%.31s>", image_function(image, sample[i] - 1));
	snprintf(text + used, TEXT - used, "%.31s", image_function(image, sample[STRETCH_DEPTH]));
}

void stretch_print(const struct stretch *s, const struct image *image, FILE *out)
{
	static char text[STRETCH_SAMPLES][TEXT]; /* one caller at a time */
	uint32_t best = 0, most = 0;

	for (uint32_t i = 0; i < s->count; i++)
		chain_text(image, s->sample[i], text[i]);
	for (uint32_t i = 0; i < s->count; i++) {
		uint32_t same = 0;

		for (uint32_t k = 0; k < s->count; k++)
			same += !strcmp(text[i], text[k]);
		if (same > most) {
			most = same;
			best = i;
		}
	}
	fprintf(out, "%u\t%s", s->count ? 100 * most / s->count : 0, s->count ? text[best] : "?");
}
