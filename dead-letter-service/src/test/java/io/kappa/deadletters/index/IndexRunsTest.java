package io.kappa.deadletters.index;

import static io.kappa.deadletters.index.Samples.COUNT;
import static io.kappa.deadletters.index.Samples.GREET;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.kappa.contracts.deadletter.DeadLetter;
import io.kappa.contracts.deadletter.RedriveOutcome;
import io.kappa.contracts.invocation.Ending;
import io.kappa.contracts.invocation.RequestId;
import io.kappa.deadletters.payload.PayloadEdit;
import io.kappa.testkit.MapTable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Long random histories: letters, redrives, deletions, outcomes that come late, twice or never, payloads that go, and crashes that take back
 * what was not committed and read its inputs again. What must hold after any of them; the seed of one that fails brings it back.
 */
class IndexRunsTest {
    private static final int STEPS = 400;
    private static final int STEPS_BETWEEN_CHECKS = 7;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void nothingIsSentTwiceAndTheAccountsAddUp(long seed) {
        var run = new Run(seed);
        for (int i = 0; i < STEPS; i++) {
            run.step();
            if (i % STEPS_BETWEEN_CHECKS == 0) {
                run.check();
            }
        }
        run.finish();
        run.check();
        assertThat(run.owner.state.runningRedrives()).isEmpty();
        assertThat(run.owner.state.runningDeletions()).isEmpty();
        assertThat(run.sent).as("this seed sends something").isNotEmpty();
        assertThat(run.crashes).as("this seed crashes").isPositive();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void replayingTheChangesGivesTheSameState(long seed) {
        var run = new Run(seed);
        for (int i = 0; i < STEPS; i++) {
            run.step();
        }
        var replayed = new MapTable();
        var state = new IndexState(replayed);
        run.owner.done.forEach(state::apply);
        assertThat(replayed.contents()).isEqualTo(run.owner.table.contents());
    }

    private static final class Run {
        private static final List<String> FUNCTIONS = List.of(GREET, COUNT, DeadLetter.UNKNOWN_FUNCTION);

        private final Random random;
        private final Ownership owner = new Ownership();
        /** What was read since the last commit, to be read again after a crash. */
        private final List<Runnable> sinceCommit = new ArrayList<>();
        /** What is in the topic of events for good, with the time of each. */
        private final Map<RequestId, Instant> sent = new HashMap<>();

        private final List<RedriveOutcome> said = new ArrayList<>();
        private final List<Change.Forwarded> outstanding = new ArrayList<>();
        private final List<String> redrives = new ArrayList<>();
        private int seenChanges;
        private int letters;
        private int actions;
        private int crashes;

        Run(long seed) {
            random = new Random(seed);
        }

        void step() {
            switch (random.nextInt(20)) {
                case 0, 1, 2, 3, 4 -> receive();
                case 5 -> create();
                case 6, 7, 8, 9, 10 -> {
                    owner.turn(Duration.ofMillis(random.nextInt(1_500)));
                    owner.tick();
                }
                case 11, 12, 13 -> outcome();
                case 14 -> strayOutcome();
                case 15 -> {
                    if (random.nextInt(3) == 0) {
                        delete();
                    } else if (!redrives.isEmpty() && random.nextInt(3) == 0) {
                        var which = any(redrives);
                        read(() -> owner.cancel(which));
                    }
                }
                case 16 -> {
                    if (!owner.payloads.isEmpty() && random.nextInt(3) == 0) {
                        owner.payloads.remove(any(List.copyOf(owner.payloads.keySet())));
                    }
                    owner.reachable = random.nextInt(4) != 0;
                }
                case 17 -> {
                    if (random.nextInt(10) == 0) {
                        owner.turn(Duration.ofDays(random.nextInt(5)));
                    }
                    owner.keepHouse();
                }
                case 18 -> crash();
                default -> commit();
            }
        }

        private void read(Runnable input) {
            sinceCommit.add(input);
            input.run();
        }

        private void commit() {
            owner.commit();
            sinceCommit.clear();
            for (var change : owner.done.subList(seenChanges, owner.done.size())) {
                if (change instanceof Change.Forwarded forwarded) {
                    var before = sent.put(forwarded.requestId(), owner.clock.instant());
                    assertThat(before)
                            .as("sent twice: " + forwarded.event().redrive())
                            .isNull();
                    outstanding.add(forwarded);
                }
            }
            seenChanges = owner.done.size();
        }

        private void crash() {
            crashes++;
            owner.crash();
            List.copyOf(sinceCommit).forEach(Runnable::run);
        }

        private void receive() {
            var id = random.nextInt(10) == 0 && letters > 0 ? "l" + random.nextInt(letters) : "l" + letters++;
            var letter = Samples.dead(
                    id,
                    any(FUNCTIONS),
                    random.nextInt(6) == 0 ? DeadLetter.DELIVERY_FAILED : "CAUSE-" + random.nextInt(3),
                    owner.clock.instant().minusSeconds(random.nextInt(100) - 5),
                    "boom");
            var payload = random.nextInt(5) == 0 ? "no json" : "{\"id\":\"" + id + "\"}";
            long offset =
                    owner.payloads.keySet().stream().mapToLong(at -> at).max().orElse(-1) + 1 + random.nextInt(2);
            owner.payloads.put(Math.max(offset, seenOffset), Samples.payload(payload));
            long at = Math.max(offset, seenOffset);
            seenOffset = at + 1;
            read(() -> owner.receive(letter, at));
        }

        private long seenOffset;

        private void create() {
            var filter = new Filter(
                    random.nextInt(3) == 0 ? any(List.of(GREET, "count")) : null,
                    random.nextInt(4) == 0 ? "CAUSE-1" : null,
                    null,
                    random.nextInt(5) == 0 ? LetterStatus.FAILED_AGAIN : null,
                    null,
                    null,
                    null,
                    null,
                    random.nextInt(4) == 0 && letters > 0
                            ? List.of("l" + random.nextInt(letters), "l" + random.nextInt(letters), "nobody")
                            : null);
            var edit =
                    new PayloadEdit(null, JsonNodeFactory.instance.objectNode().put("edited", true));
            var order = new RedriveOrder(
                    filter,
                    any(List.of(0.1, 2.0, 50.0)),
                    random.nextInt(6) == 0,
                    random.nextInt(4) == 0 ? COUNT : null,
                    random.nextInt(4) == 0 ? "blue" : null,
                    random.nextInt(4) == 0 ? 3 : null,
                    random.nextInt(3) == 0 ? edit : null,
                    owner.clock.instant(),
                    null);
            var id = "redrive-" + redrives.size();
            redrives.add(id);
            read(() -> owner.create(id, order));
            if (random.nextInt(4) == 0) {
                read(() -> owner.create(id, order));
            }
        }

        private void delete() {
            var action = "action-" + actions++;
            var filter = random.nextBoolean() || letters == 0
                    ? new Filter(null, "CAUSE-2", null, null, null, null, null, null, null)
                    : new Filter(
                            null, null, null, null, null, null, null, null, List.of("l" + random.nextInt(letters)));
            read(() -> owner.delete(action, filter));
        }

        /** Of what the queue has seen, which is only what is committed. */
        private void outcome() {
            if (outstanding.isEmpty()) {
                return;
            }
            var event = outstanding.remove(random.nextInt(outstanding.size()));
            var reference = Objects.requireNonNull(event.event().redrive());
            var outcome = new RedriveOutcome(
                    1,
                    reference.redrive(),
                    reference.deadLetter(),
                    event.requestId(),
                    any(List.of(Ending.values())),
                    1,
                    owner.clock.instant(),
                    null);
            if (random.nextInt(6) == 0) {
                return; // Never said.
            }
            said.add(outcome);
            read(() -> owner.end(outcome));
        }

        private void strayOutcome() {
            if (said.isEmpty()) {
                return;
            }
            var again = any(said);
            var stray = new RedriveOutcome(
                    1,
                    again.redrive(),
                    again.deadLetter(),
                    random.nextBoolean() ? again.requestId() : new RequestId(new UUID(random.nextLong(), 1)),
                    any(List.of(Ending.values())),
                    2,
                    owner.clock.instant(),
                    null);
            read(() -> owner.end(stray));
        }

        void finish() {
            owner.reachable = true;
            crash();
            for (int i = 0; i < 2_000 && !owner.state.runningRedrives().isEmpty(); i++) {
                owner.turn(Duration.ofSeconds(1));
                owner.tick();
            }
            commit();
        }

        void check() {
            checkCounts();
            owner.state.redrives().forEach(this::checkRedrive);
        }

        private void checkCounts() {
            var counted = new HashMap<FunctionCause, Counts>();
            var open = new ArrayList<String>();
            var lastLines = lastLines();
            for (var letter : owner.list(Filter.ALL)) {
                counted.merge(
                        new FunctionCause(
                                letter.deadLetter().function(),
                                letter.deadLetter().cause()),
                        Counts.NONE.plus(letter.status(), 1),
                        Counts::plus);
                if (letter.status() == LetterStatus.OPEN) {
                    open.add(letter.id());
                }
                assertThat(owner.state.letter(letter.id())).contains(letter);
                var last = lastLines.get(letter.id());
                assertThat(letter.status()).isEqualTo(last == null ? LetterStatus.OPEN : status(last.what()));
            }
            var kept = new HashMap<FunctionCause, Counts>();
            owner.state.counts(kept::put);
            assertThat(kept).isEqualTo(counted);
            assertThat(owner.list(Filter.ALL.withStatus(LetterStatus.OPEN)))
                    .extracting(Letter::id)
                    .containsExactlyElementsOf(open);
            for (var function : FUNCTIONS) {
                assertThat(owner.list(Filter.ALL.withFunction(function))).hasSize((int) counted.entrySet().stream()
                        .filter(entry -> entry.getKey().function().equals(function))
                        .mapToLong(entry -> entry.getValue().total())
                        .sum());
            }
        }

        /** The last line about each letter. */
        private Map<String, LedgerLine> lastLines() {
            var lines = new HashMap<String, LedgerLine>();
            owner.ledger().forEach(line -> lines.put(line.deadLetter(), line));
            return lines;
        }

        private static LetterStatus status(LedgerLine.What what) {
            return switch (what) {
                case REDRIVEN -> LetterStatus.REDRIVING;
                case RESOLVED -> LetterStatus.RESOLVED;
                case FAILED_AGAIN -> LetterStatus.FAILED_AGAIN;
                // One that is there after it had gone was written once more.
                case REOPENED, DELETED, EXPIRED -> LetterStatus.OPEN;
            };
        }

        private void checkRedrive(Redrive redrive) {
            var progress = redrive.progress();
            assertThat(progress.pending()).isNotNegative();
            assertThat(progress.outstanding()).isNotNegative();
            assertThat(progress.matched())
                    .isEqualTo(progress.pending()
                            + progress.sent()
                            + progress.skipped()
                            + progress.failed()
                            + progress.wouldSend());
            assertThat(progress.sent())
                    .isEqualTo(progress.outstanding()
                            + progress.succeeded()
                            + progress.failedAgain()
                            + progress.returned());
            if (redrive.state() != Redrive.State.CANCELLED) {
                assertThat(owner.state.todo(redrive, Integer.MAX_VALUE)).hasSize((int) progress.pending());
            }
            if (redrive.state() == Redrive.State.COMPLETED) {
                assertThat(progress.pending()).isZero();
            }
            var results = new EnumMap<ResultRow.Result, Long>(ResultRow.Result.class);
            owner.state
                    .rows(redrive.id(), "", Integer.MAX_VALUE)
                    .forEach(row -> results.merge(row.result(), 1L, Long::sum));
            assertThat(results)
                    .isEqualTo(withoutZeros(Map.of(
                            ResultRow.Result.SENT,
                            progress.outstanding(),
                            ResultRow.Result.SKIPPED,
                            progress.skipped(),
                            ResultRow.Result.FAILED,
                            progress.failed(),
                            ResultRow.Result.SUCCEEDED,
                            progress.succeeded(),
                            ResultRow.Result.FAILED_AGAIN,
                            progress.failedAgain(),
                            ResultRow.Result.RETURNED,
                            progress.returned(),
                            ResultRow.Result.WOULD_SEND,
                            progress.wouldSend())));
            var sentByIt = owner.forwardedBy(redrive.id());
            assertThat(sentByIt).doesNotHaveDuplicates().hasSize((int) progress.sent());
            if (redrive.order().dryRun()) {
                assertThat(sentByIt).isEmpty();
            }
            double seconds = Duration.between(redrive.order().created(), owner.clock.instant())
                            .toMillis()
                    / 1000.0;
            assertThat((double) sentByIt.size())
                    .isLessThanOrEqualTo(1 + redrive.order().ratePerSecond() * (seconds + 1));
        }

        private static Map<ResultRow.Result, Long> withoutZeros(Map<ResultRow.Result, Long> counts) {
            var left = new EnumMap<ResultRow.Result, Long>(ResultRow.Result.class);
            counts.forEach((result, count) -> {
                if (count != 0) {
                    left.put(result, count);
                }
            });
            return left;
        }

        private <T> T any(List<T> choices) {
            return choices.get(random.nextInt(choices.size()));
        }
    }
}
