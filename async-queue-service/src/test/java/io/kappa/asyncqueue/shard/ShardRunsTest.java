package io.kappa.asyncqueue.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.asyncqueue.event.AttemptOutcome;
import io.kappa.asyncqueue.event.Delivery;
import io.kappa.asyncqueue.event.PendingEvent;
import io.kappa.asyncqueue.event.QueueAction;
import io.kappa.asyncqueue.event.Source;
import io.kappa.contracts.deadletter.DeadLetter;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.invocation.Ending;
import io.kappa.contracts.invocation.InvocationEnded;
import io.kappa.contracts.invocation.QueuedEvent;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.EventInvokeConfigRecord;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.contracts.registry.RegistryRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random histories of one shard: events, attempts that succeed, fail, are throttled, are lost or reported twice, processes that die,
 * transactions that are given up, clocks that jump, operators who interfere. The seed names the history.
 */
class ShardRunsTest {
    private static final int EVENTS = 60;
    private static final int STEPS = 1500;
    private static final List<String> FUNCTIONS = List.of("a", "b", "c");

    private final World world = new World();
    private final Map<String, Integer> runs = new HashMap<>();
    private int number;
    private int sequence;

    static IntStream seeds() {
        return IntStream.range(0, 200);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyAcceptedEventEndsExactlyOnce(int seed) {
        var random = new Random(seed);
        configure(random);
        for (int i = 0; i < STEPS; i++) {
            step(random);
        }
        finish(random);

        assertThat(world.ledger).as("one line for each record").hasSize(world.accepted());
        assertThat(world.ledger.stream()
                        .map(line -> line.topic() + line.offset())
                        .distinct())
                .as("each record once")
                .hasSize(world.accepted());
        assertThat(world.state().account().pending()).isZero();
        assertThat(world.state().account().accepted()).isEqualTo(world.accepted());
        assertThat(world.deadLetters.stream()
                        .filter(letter -> !letter.cause().equals(DeadLetter.DELIVERY_FAILED))
                        .map(DeadLetter::id))
                .as("each failure once, and nothing else")
                .doesNotHaveDuplicates()
                .hasSize((int) world.ledger.stream()
                        .filter(line -> line.ending().isFailure())
                        .count());
        assertThat(world.ledger).allSatisfy(this::ranAsOftenAsItSays);
        assertThat(world.shards.figures()).allSatisfy(figures -> {
            assertThat(figures.running()).isZero();
            assertThat(figures.deliveries()).isZero();
        });
    }

    private void ranAsOftenAsItSays(InvocationEnded line) {
        assertThat(runs.getOrDefault(line.requestId().toString(), 0)).isGreaterThanOrEqualTo(line.attempts());
        if (line.ending() == Ending.RETRIES_EXHAUSTED) {
            assertThat(line.attempts()).isBetween(1, 3);
        }
    }

    private void configure(Random random) {
        for (var function : FUNCTIONS) {
            var arn = FunctionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:" + function);
            apply(new FunctionRecord(arn, 0, null, 0, Map.of(), null, false));
            apply(Versions.record(arn)); // Only what has a version exists, and so has what is set for it.
            apply(new EventInvokeConfigRecord(
                    arn,
                    "$LATEST",
                    Instant.EPOCH,
                    random.nextInt(3),
                    60 + random.nextInt(1000),
                    random.nextBoolean() ? "kafka://successes" : null,
                    random.nextBoolean() ? "arn:aws:sqs:us-east-1:111111111111:failures" : null));
        }
    }

    private void apply(RegistryRecord record) {
        world.registry.apply(record.key(), RecordCodec.of(RegistryRecord.class).encode(record), ++sequence);
    }

    private void step(Random random) {
        switch (random.nextInt(24)) {
            case 0, 1 -> accept(random);
            case 2, 3, 4 -> world.readOne(Source.QUEUED);
            case 5, 6, 7, 8 -> world.readOne(Source.OUTCOMES);
            case 9, 10, 11, 12 -> finishAttempt(random);
            case 13, 14 -> finishDelivery(random);
            case 15, 16 -> world.tick();
            case 17, 18 -> world.commit();
            case 19 -> world.clock.turn(Duration.ofMillis(random.nextInt(90_000) - 5_000)); // Also a little back.
            case 20 -> world.readCommand();
            case 21 -> interfere(random);
            case 22 -> {
                if (random.nextInt(4) == 0) {
                    world.crash();
                }
            }
            default -> {
                if (random.nextInt(4) == 0) {
                    world.restartShard();
                }
            }
        }
    }

    private void accept(Random random) {
        if (number < EVENTS) {
            var target = Samples.target(FUNCTIONS.get(random.nextInt(3)));
            if (random.nextInt(20) == 0) {
                world.put(Source.QUEUED, "no uuid", new QueuedEvent(target).headers(), "{}");
            } else if (random.nextInt(20) == 0 && number > 0) {
                world.accept(target, number, "1"); // An id that may be in use.
            } else {
                world.accept(target, ++number, "{\"number\":" + number + "}");
            }
        }
    }

    private void finishAttempt(Random random) {
        if (world.attempts.isEmpty()) {
            return;
        }
        var event = world.attempts.remove(random.nextInt(world.attempts.size()));
        var outcome = outcome(random, event);
        world.report(event, outcome, "{}");
        if (random.nextInt(8) == 0) {
            world.report(event, outcome, "{}"); // Said twice.
        }
        if (random.nextInt(16) == 0) {
            world.attempts.add(event); // And once more, later, with another outcome: made twice.
        }
    }

    private AttemptOutcome outcome(Random random, PendingEvent event) {
        int kind = random.nextInt(10);
        if (kind < 6) {
            runs.merge(event.requestId().toString(), 1, Integer::sum);
        }
        return switch (kind) {
            case 0, 1, 2 -> new AttemptOutcome.Succeeded("$LATEST");
            case 3, 4, 5 -> new AttemptOutcome.FunctionFailed("$LATEST", "Error", "boom");
            case 6, 7 -> new AttemptOutcome.Throttled("");
            case 8 -> new AttemptOutcome.PlatformFailed(500, "ServiceException", "lost");
            default -> new AttemptOutcome.TargetMissing("gone");
        };
    }

    private void finishDelivery(Random random) {
        if (!world.deliveries.isEmpty()) {
            world.report(
                    world.deliveries.remove(random.nextInt(world.deliveries.size())),
                    random.nextInt(3) == 0 ? "no such topic" : null);
        }
    }

    private void interfere(Random random) {
        var target = Samples.target(FUNCTIONS.get(random.nextInt(3)));
        var kind = List.of(QueueAction.Kind.values()).get(random.nextInt(4));
        var all = new QueueAction.Selection(target, null, random.nextInt(3), null, null);
        if (random.nextInt(4) == 0) {
            world.command(new QueueAction(
                    1, "action-" + random.nextInt(40), kind, all, world.clock.instant(), "somebody", null));
        }
    }

    /** Lets everything come to its end: releases what is held, answers what runs, and waits long enough. */
    private void finish(Random random) {
        for (var function : FUNCTIONS) {
            world.command(new QueueAction(
                    1,
                    "release-" + function,
                    QueueAction.Kind.RELEASE,
                    new QueueAction.Selection(Samples.target(function), null, null, null, null),
                    world.clock.instant(),
                    null,
                    null));
        }
        world.crash(); // Whatever runs is lost, once more.
        for (int i = 0; i < 600 && !isQuiet(); i++) {
            world.readAll();
            world.tick();
            while (!world.attempts.isEmpty()) {
                finishAttempt(random);
            }
            while (!world.deliveries.isEmpty()) {
                finishDelivery(random);
            }
            world.readAll();
            world.commit();
            world.clock.turn(Duration.ofSeconds(7));
        }
        world.clock.turn(Duration.ofSeconds(7)); // So that the shard says how it stands.
        world.tick();
        world.commit();
    }

    private boolean isQuiet() {
        var deliveries = new ArrayList<Delivery>();
        world.state().forEachDelivery(deliveries::add);
        return world.state().account().pending() == 0 && deliveries.isEmpty() && world.hasReadAll();
    }
}
