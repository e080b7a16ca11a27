import { z } from 'zod';
import { positiveQuantity } from '../device/quantity.js';
import { deviceSchema } from '../device/registry.js';
import { temperatureSchema } from '../device/retention/temperature.js';

/** The temperature that the cells have, and for how long: what drift goes by. A profile begins with the phase. */
const phaseSchema = z.strictObject({ temperature: temperatureSchema, time: positiveQuantity('time') });

const samples = z.int().min(1).max(1_000_000_000);

/** Time in which nothing is trained. */
const idleSchema = z.strictObject({
  /** Samples trained on since the start after which it comes, once. */
  after: samples.optional(),
  /** Or: after every so many samples. */
  every: samples.optional(),
  /** That of training, whose profile goes on, unless told; a profile of its own begins with the phase. */
  temperature: temperatureSchema.optional(),
  time: positiveQuantity('time'),
});

export type IdlePhase = z.output<typeof idleSchema>;

/** Accuracy against time and temperature, each from the network as training left it. */
const retentionStudySchema = z.strictObject({
  temperatures: z.array(positiveQuantity('temperature')).min(1).max(100),
  /** Since training, rising. */
  times: z
    .array(positiveQuantity('time'))
    .min(1)
    .max(1000)
    .superRefine((times, context) => {
      times.forEach((time, i) => {
        if (i === 0 || time > times[i - 1]!) return;
        const message = `must be later than the time before it, ${times[i - 1]!} s; write the times in rising order`;
        context.addIssue({ code: 'custom', path: [i], message });
      });
    }),
  /** Other devices, each of which the network is trained with as well. */
  devices: z.array(deviceSchema).max(20).default([]),
});

export type RetentionStudyConfig = z.output<typeof retentionStudySchema>;

export const conditionsSchema = z.strictObject({
  /** While training; without it only holds drift. A profile begins with the training. */
  temperature: temperatureSchema.optional(),
  /** Time from one training sample to the next. */
  sampleTime: positiveQuantity('time').optional(),
  /** Drift acts whenever so many samples have been trained since the start of the run. */
  driftEvery: samples.default(1000),
  /** Phases within training in which nothing is trained. */
  idle: z.array(idleSchema).min(1).max(1000).optional(),
  /** Phases after training, one after the other; the accuracy is taken after each. */
  hold: z.array(phaseSchema).max(1000).default([]),
  /** Accuracies after training against time, at each temperature apart; they leave the run as it is. */
  retention: retentionStudySchema.optional(),
});

export type ConditionsConfig = z.output<typeof conditionsSchema>;
