package io.kappa.deadletters.index;

import static io.kappa.deadletters.index.Samples.COUNT;
import static io.kappa.deadletters.index.Samples.EXHAUSTED;
import static io.kappa.deadletters.index.Samples.GREET;
import static io.kappa.deadletters.index.Samples.NOON;
import static io.kappa.deadletters.index.Samples.dead;
import static io.kappa.deadletters.index.Samples.order;
import static io.kappa.deadletters.index.Samples.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.kappa.contracts.deadletter.DeadLetter;
import io.kappa.contracts.deadletter.RedriveReference;
import io.kappa.contracts.invocation.Ending;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.invocation.QueuedEvent;
import io.kappa.contracts.invocation.RequestId;
import io.kappa.deadletters.payload.PayloadEdit;
import io.kappa.kit.streams.Table;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class IndexDecisionsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Ownership owner = new Ownership();

    private void receive(String... ids) {
        for (var id : ids) {
            owner.receive(dead(id, GREET, NOON.minusSeconds(60)), "{\"id\":\"" + id + "\"}");
        }
    }

    private static Filter ids(String... ids) {
        return new Filter(null, null, null, null, null, null, null, null, List.of(ids));
    }

    private static RedriveOrder fast(Filter filter) {
        return new RedriveOrder(filter, 10_000, false, null, null, null, null, NOON, "ann");
    }

    private static RedriveOrder to(@Nullable String target, @Nullable String qualifier) {
        return new RedriveOrder(Filter.ALL, 10_000, false, target, qualifier, null, null, NOON, null);
    }

    /** Long enough that a fast redrive sends everything. */
    private void run() {
        owner.turn(SECOND);
        owner.tick();
    }

    // Dead letters come.

    @Test
    void aDeadLetterIsOpenAndCounted() {
        receive("a");
        assertThat(owner.status("a")).isEqualTo(LetterStatus.OPEN);
        assertThat(owner.state.counts(GREET, EXHAUSTED)).isEqualTo(new Counts(1, 0, 0, 0));
        assertThat(owner.state.oldestOpen()).map(Letter::id).contains("a");
    }

    @Test
    void oneThatIsWrittenTwiceIsOne() {
        receive("a", "a");
        assertThat(owner.list(Filter.ALL)).hasSize(1);
        assertThat(owner.state.letter("a").orElseThrow().offset()).isZero();
        assertThat(owner.state.counts(GREET, EXHAUSTED)).isEqualTo(new Counts(1, 0, 0, 0));
    }

    @Test
    void listsNewestFirstWhateverTheOrderOfComing() {
        owner.receive(dead("b", GREET, NOON.minusSeconds(2)), "");
        owner.receive(dead("c", COUNT, NOON.minusSeconds(1)), "");
        owner.receive(dead("a", GREET, NOON.minusSeconds(3)), "");
        owner.receive(dead("unknown", DeadLetter.UNKNOWN_FUNCTION, NOON.minusSeconds(4)), "");
        assertThat(owner.list(Filter.ALL)).extracting(Letter::id).containsExactly("c", "b", "a", "unknown");
        assertThat(owner.list(Filter.ALL.withFunction(GREET)))
                .extracting(Letter::id)
                .containsExactly("b", "a");
        assertThat(owner.list(Filter.ALL.withFunction("greet")))
                .extracting(Letter::id)
                .containsExactly("b", "a");
        assertThat(owner.list(Filter.ALL.withFunction(DeadLetter.UNKNOWN_FUNCTION)))
                .extracting(Letter::id)
                .containsExactly("unknown");
        assertThat(owner.list(Filter.ALL.withStatus(LetterStatus.OPEN))).hasSize(4);
        assertThat(owner.list(ids("a", "c", "nobody", "a")))
                .extracting(Letter::id)
                .containsExactly("c", "a");
        assertThat(owner.list(new Filter(
                        null, null, null, null, null, null, NOON.minusSeconds(3), NOON.minusSeconds(1), null)))
                .extracting(Letter::id)
                .containsExactly("b", "a");
    }

    @Test
    void aWalkGoesOnWhereItStopped() {
        for (int i = 0; i < 10; i++) {
            owner.receive(dead("l" + i, GREET, NOON.minusSeconds(i)), "");
        }
        for (var order : Table.Order.values()) {
            for (var filter : List.of(
                    Filter.ALL,
                    Filter.ALL.withFunction(GREET),
                    Filter.ALL.withStatus(LetterStatus.OPEN),
                    new Filter(null, null, null, null, null, null, NOON.minusSeconds(20), NOON.plusSeconds(1), null))) {
                var seen = new java.util.ArrayList<Letter>();
                var walk = owner.state.walk(filter, null, order, 3, seen::add);
                while (walk.more()) {
                    walk = owner.state.walk(filter, walk.reached(), order, 3, seen::add);
                }
                assertThat(seen).hasSize(10).doesNotHaveDuplicates();
            }
        }
    }

    // Redrives send.

    @Test
    void aRedriveSendsOldestFirstAtItsRate() {
        for (int i = 0; i < 25; i++) {
            owner.receive(dead("l" + i, GREET, NOON.minusSeconds(100 - i)), "{}");
        }
        owner.create("r", order(Filter.ALL));
        owner.tick();
        assertThat(owner.forwardedLetters()).containsExactly("l0");
        owner.turn(Duration.ofMillis(99));
        owner.tick();
        assertThat(owner.forwarded()).hasSize(1);
        owner.turn(Duration.ofMillis(1));
        owner.tick();
        assertThat(owner.forwardedLetters()).containsExactly("l0", "l1");
        owner.turn(SECOND);
        owner.tick();
        assertThat(owner.forwarded()).hasSize(12);
        assertThat(owner.redrive("r").progress()).isEqualTo(new Progress(25, 12, 0, 0, 0, 0, 0, 0));
        assertThat(owner.redrive("r").state()).isEqualTo(Redrive.State.RUNNING);
        owner.turn(SECOND);
        owner.tick();
        owner.turn(SECOND);
        owner.tick();
        assertThat(owner.forwarded()).hasSize(25);
        assertThat(owner.redrive("r").state()).isEqualTo(Redrive.State.COMPLETED);
        assertThat(owner.state.runningRedrives()).isEmpty();
    }

    @Test
    void whatIsSentNamesTheRedriveBeginsANewChainAndHasAnIdThatIsAlwaysTheSame() {
        receive("a");
        owner.create("r", fast(Filter.ALL));
        owner.tick();
        var request = new RequestId(UUID.nameUUIDFromBytes("r/a".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        assertThat(owner.forwarded())
                .containsExactly(new Change.Forwarded(
                        request,
                        new QueuedEvent(
                                InvocationTarget.parse(GREET + ":live"),
                                Samples.TRACE,
                                null,
                                new RedriveReference("r", "a", 0)),
                        Samples.payload("{\"id\":\"a\"}")));
        assertThat(owner.status("a")).isEqualTo(LetterStatus.REDRIVING);
        assertThat(owner.row("r", "a").awaits(request)).isTrue();
        assertThat(owner.ledger())
                .containsExactly(LedgerLine.ofRedrive("a", LedgerLine.What.REDRIVEN, "r", request, NOON, "ann"));
    }

    @Test
    void aRedriveWithoutAnythingToSendIsCompletedAtOnce() {
        owner.create("r", order(Filter.ALL));
        owner.tick();
        assertThat(owner.redrive("r").state()).isEqualTo(Redrive.State.COMPLETED);
    }

    @Test
    void aRedriveThatIsAskedForTwiceIsOne() {
        receive("a");
        owner.create("r", fast(Filter.ALL));
        owner.tick();
        owner.create("r", fast(Filter.ALL));
        owner.tick();
        assertThat(owner.forwarded()).hasSize(1);
    }

    @Test
    void lettersThatComeOrFailAfterItsStartAreNotMeant() {
        owner.receive(dead("failed-later", GREET, NOON.plusSeconds(1)), "{}");
        owner.create("r", fast(Filter.ALL));
        owner.receive(dead("came-later", GREET, NOON.minusSeconds(1)), "{}");
        owner.tick();
        assertThat(owner.forwarded()).isEmpty();
        assertThat(owner.redrive("r").progress()).isEqualTo(Progress.NONE);
    }

    @Test
    void onlyOpenLettersAreMeantUnlessItNamesAnotherStatus() {
        receive("a", "b");
        owner.create("first", fast(ids("a")));
        owner.tick();
        owner.end("first", "a", Ending.RETRIES_EXHAUSTED);
        owner.create("second", fast(Filter.ALL));
        owner.tick();
        assertThat(owner.forwardedLetters()).containsExactly("a", "b");
        owner.create("third", fast(Filter.ALL.withStatus(LetterStatus.FAILED_AGAIN)));
        owner.tick();
        assertThat(owner.forwardedLetters()).containsExactly("a", "b", "a");
    }

    @Test
    void aMaximumIsKept() {
        receive("a", "b", "c");
        owner.create("r", new RedriveOrder(Filter.ALL, 10_000, false, null, null, 2, null, NOON, null));
        run();
        assertThat(owner.forwardedLetters()).containsExactly("a", "b");
        assertThat(owner.redrive("r").state()).isEqualTo(Redrive.State.COMPLETED);
    }

    @Test
    void veryManyLettersAreMatchedInSteps() {
        int letters = IndexDecisions.LOOKED_AT + IndexDecisions.HANDLED;
        for (int i = 0; i < letters; i++) {
            owner.receive(dead("l" + i, GREET, NOON.minusSeconds(i)), "{}");
        }
        owner.create("r", new RedriveOrder(Filter.ALL, 10_000, true, null, null, null, null, NOON, null));
        owner.tick();
        assertThat(owner.redrive("r").progress().matched()).isEqualTo(IndexDecisions.LOOKED_AT);
        assertThat(owner.redrive("r").progress().wouldSend()).isEqualTo(IndexDecisions.HANDLED);
        for (int i = 0; i < 6; i++) {
            owner.tick();
        }
        assertThat(owner.redrive("r").progress().wouldSend()).isEqualTo(letters);
        assertThat(owner.redrive("r").state()).isEqualTo(Redrive.State.COMPLETED);
    }

    @Test
    void aDryRunSendsNothingAndChangesNoLetter() {
        receive("a", "b");
        owner.create("r", new RedriveOrder(Filter.ALL, 0.1, true, null, null, null, null, NOON, null));
        owner.tick();
        assertThat(owner.forwarded()).isEmpty();
        assertThat(owner.ledger()).isEmpty();
        assertThat(owner.status("a")).isEqualTo(LetterStatus.OPEN);
        assertThat(owner.redrive("r").progress()).isEqualTo(new Progress(2, 0, 0, 0, 0, 0, 0, 2));
        assertThat(owner.row("r", "b").result()).isEqualTo(ResultRow.Result.WOULD_SEND);
        assertThat(owner.redrive("r").state()).isEqualTo(Redrive.State.COMPLETED);
    }

    @Test
    void aPayloadThatHasGoneIsAFailureOfItsLetterAlone() {
        receive("a", "b");
        owner.payloads.remove(0L);
        owner.create("r", fast(Filter.ALL));
        run();
        assertThat(owner.forwardedLetters()).containsExactly("b");
        assertThat(owner.row("r", "a").reason()).isEqualTo("its payload has gone from the topic");
        assertThat(owner.status("a")).isEqualTo(LetterStatus.OPEN);
        assertThat(owner.redrive("r").progress()).isEqualTo(new Progress(2, 1, 0, 1, 0, 0, 0, 0));
    }

    @Test
    void aPayloadThatCannotBeReadNowIsWaitedFor() {
        receive("a");
        owner.reachable = false;
        owner.create("r", fast(Filter.ALL));
        owner.tick();
        assertThat(owner.redrive("r").progress().pending()).isEqualTo(1);
        assertThat(owner.redrive("r").state()).isEqualTo(Redrive.State.RUNNING);
        owner.reachable = true;
        owner.turn(SECOND);
        owner.tick();
        assertThat(owner.forwardedLetters()).containsExactly("a");
    }

    @Test
    void aPayloadIsEditedAndOneThatCannotBeIsAFailure() {
        receive("a");
        owner.receive(dead("b", GREET, NOON.minusSeconds(1)), "no json");
        var merge = new PayloadEdit(null, JsonNodeFactory.instance.objectNode().put("fixed", true));
        owner.create("r", new RedriveOrder(Filter.ALL, 10_000, false, null, null, null, merge, NOON, null));
        run();
        assertThat(owner.payloadSent(0)).isEqualTo("{\"id\":\"a\",\"fixed\":true}");
        assertThat(owner.row("r", "b").reason()).isEqualTo("the payload is not JSON");
        assertThat(owner.status("b")).isEqualTo(LetterStatus.OPEN);
        assertThat(owner.redrive("r").progress()).isEqualTo(new Progress(2, 1, 0, 1, 0, 0, 0, 0));
    }

    @Test
    void whatTheQueueWouldNotTakeIsNotSent() {
        owner.receive(dead("long", GREET, NOON), "x".repeat(QueuedEvent.LONGEST_PAYLOAD + 1));
        owner.create("r", fast(Filter.ALL));
        owner.tick();
        assertThat(owner.row("r", "long").result()).isEqualTo(ResultRow.Result.FAILED);
        assertThat(owner.row("r", "long").reason()).contains("1048576 bytes; 1048576 is the most".substring(14));
    }

    @Test
    void aRecordForADestinationIsSentOnlyToAFunctionThatIsNamed() {
        owner.receive(dead("a", GREET, DeadLetter.DELIVERY_FAILED, NOON, null), "{}");
        owner.create("r", fast(Filter.ALL));
        owner.tick();
        assertThat(owner.row("r", "a").result()).isEqualTo(ResultRow.Result.SKIPPED);
        assertThat(owner.row("r", "a").reason()).contains("kafka://results");
        owner.create("s", to(COUNT, null));
        owner.tick();
        assertThat(owner.forwarded().getFirst().event().target()).isEqualTo(InvocationTarget.parse(COUNT));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            -,         -,    greet:live
            -,         blue, greet:blue
            count,     -,    count
            count,     2,    count:2
            count:dev, -,    count:dev
            """)
    void theTargetIsTheOneNamedOrTheLettersOwn(@Nullable String target, @Nullable String qualifier, String expected) {
        var functions = "arn:aws:lambda:us-east-1:000000000000:function:";
        receive("a");
        owner.create("r", to(target == null ? null : functions + target, qualifier));
        owner.tick();
        assertThat(owner.forwarded().getFirst().event().target()).hasToString(functions + expected);
    }

    @Test
    void aLetterThatDoesNotTellItsFunctionNeedsATarget() {
        owner.receive(dead("a", DeadLetter.UNKNOWN_FUNCTION, NOON), "{}");
        owner.create("r", fast(Filter.ALL));
        owner.tick();
        assertThat(owner.row("r", "a").reason()).contains("name a target function");
        owner.create("s", to(GREET, null));
        owner.tick();
        assertThat(owner.forwardedLetters()).containsExactly("a");
    }

    @Test
    void whatHappenedToALetterAfterItWasMatchedIsRespected() {
        receive("a", "b", "c");
        owner.create("slow", new RedriveOrder(Filter.ALL, 0.1, false, null, null, null, null, NOON, null));
        owner.tick();
        owner.create("quick", fast(ids("b")));
        owner.tick();
        owner.delete("d", ids("c"));
        owner.turn(Duration.ofSeconds(10));
        owner.tick();
        assertThat(owner.forwardedLetters()).containsExactly("a", "b");
        assertThat(owner.row("slow", "b").reason()).contains("REDRIVING");
        assertThat(owner.row("slow", "c").reason()).contains("deleted");
        assertThat(owner.redrive("slow").progress()).isEqualTo(new Progress(3, 1, 2, 0, 0, 0, 0, 0));
    }

    @Test
    void aCancelledRedriveSendsNothingMore() {
        receive("a", "b");
        owner.create("r", order(Filter.ALL));
        owner.tick();
        owner.cancel("r");
        owner.turn(SECOND);
        owner.tick();
        assertThat(owner.forwardedLetters()).containsExactly("a");
        assertThat(owner.redrive("r").state()).isEqualTo(Redrive.State.CANCELLED);
        assertThat(owner.redrive("r").progress().pending()).isEqualTo(1);
        owner.end("r", "a", Ending.SUCCEEDED);
        assertThat(owner.status("a")).isEqualTo(LetterStatus.RESOLVED);
        owner.cancel("r");
        owner.cancel("nobody");
        assertThat(owner.redrive("r").progress().succeeded()).isEqualTo(1);
    }

    // And how that ends.

    @ParameterizedTest
    @EnumSource(Ending.class)
    void anEndingMovesTheLetterOnce(Ending ending) {
        receive("a");
        owner.create("r", fast(Filter.ALL));
        owner.tick();
        owner.end("r", "a", ending);
        var status = switch (ending) {
            case SUCCEEDED -> LetterStatus.RESOLVED;
            case CANCELLED, DUPLICATE -> LetterStatus.OPEN;
            default -> LetterStatus.FAILED_AGAIN;
        };
        assertThat(owner.status("a")).isEqualTo(status);
        assertThat(owner.redrive("r").progress().outstanding()).isZero();
        assertThat(owner.row("r", "a").ending()).isEqualTo(ending);
        assertThat(owner.ledger()).hasSize(2);

        var progress = owner.redrive("r").progress();
        for (var again : Ending.values()) {
            owner.end("r", "a", again);
        }
        assertThat(owner.status("a")).isEqualTo(status);
        assertThat(owner.redrive("r").progress()).isEqualTo(progress);
        assertThat(owner.ledger()).hasSize(2);
    }

    @Test
    void anOutcomeOfSomethingElseChangesNothing() {
        receive("a");
        owner.create("r", fast(Filter.ALL));
        owner.tick();
        owner.end("other", "a", Ending.SUCCEEDED);
        owner.end("r", "other", Ending.SUCCEEDED);
        owner.end(Samples.outcomeOf(new RequestId(new UUID(1, 2)), "r", "a"));
        assertThat(owner.status("a")).isEqualTo(LetterStatus.REDRIVING);
        assertThat(owner.redrive("r").progress().outstanding()).isEqualTo(1);
    }

    @Test
    void aLetterThatWasReturnedCanBeSentByAnotherRedriveAndIsNotMovedByTheFirst() {
        receive("a");
        owner.create("r", fast(Filter.ALL));
        owner.tick();
        owner.end("r", "a", Ending.CANCELLED);
        owner.create("s", fast(Filter.ALL));
        owner.tick();
        assertThat(owner.forwarded()).extracting(Change.Forwarded::requestId).doesNotHaveDuplicates();
        owner.end("r", "a", Ending.SUCCEEDED);
        assertThat(owner.status("a")).isEqualTo(LetterStatus.REDRIVING);
        owner.end("s", "a", Ending.SUCCEEDED);
        assertThat(owner.status("a")).isEqualTo(LetterStatus.RESOLVED);
    }

    @Test
    void theOutcomeOfALetterThatIsGoneStillCounts() {
        receive("a");
        owner.create("r", fast(Filter.ALL));
        owner.tick();
        owner.delete("d", Filter.ALL);
        owner.end("r", "a", Ending.SUCCEEDED);
        assertThat(owner.redrive("r").progress().succeeded()).isEqualTo(1);
        assertThat(owner.state.letter("a")).isEmpty();
    }

    // Dead letters go.

    @Test
    void deletedLettersLeaveTheIndexWithALineEach() {
        receive("a", "b", "c");
        owner.delete("d", ids("a", "c", "nobody"));
        assertThat(owner.list(Filter.ALL)).extracting(Letter::id).containsExactly("b");
        assertThat(owner.state.counts(GREET, EXHAUSTED)).isEqualTo(new Counts(1, 0, 0, 0));
        var deletion = owner.state.deletion("d").orElseThrow();
        assertThat(deletion.deleted()).isEqualTo(2);
        assertThat(deletion.running()).isFalse();
        assertThat(owner.ledger())
                .containsExactly(LedgerLine.deleted("a", deletion, NOON), LedgerLine.deleted("c", deletion, NOON));
    }

    @Test
    void aDeletionThatIsAskedForTwiceIsDoneOnce() {
        receive("a");
        owner.delete("d", Filter.ALL);
        receive("b");
        owner.delete("d", Filter.ALL);
        assertThat(owner.list(Filter.ALL)).extracting(Letter::id).containsExactly("b");
    }

    @Test
    void aLongDeletionGoesInStepsAndLeavesWhatComesMeanwhile() {
        int letters = IndexDecisions.LOOKED_AT + 10;
        for (int i = 0; i < letters; i++) {
            owner.receive(dead("l" + i, GREET, NOON.minusSeconds(i)), "{}");
        }
        owner.delete("d", Filter.ALL);
        assertThat(owner.state.runningDeletions()).hasSize(1);
        receive("late");
        owner.tick();
        assertThat(owner.state.deletion("d").orElseThrow().deleted()).isEqualTo(letters);
        assertThat(owner.state.runningDeletions()).isEmpty();
        assertThat(owner.list(Filter.ALL)).extracting(Letter::id).containsExactly("late");
    }

    @Test
    void oldLettersExpire() {
        receive("a");
        owner.receive(dead("young", GREET, NOON.plus(Duration.ofDays(1))), "{}");
        owner.turn(Ownership.RETENTION.minusSeconds(61));
        owner.keepHouse();
        assertThat(owner.list(Filter.ALL)).hasSize(2);
        owner.turn(Duration.ofSeconds(2));
        owner.keepHouse();
        assertThat(owner.list(Filter.ALL)).extracting(Letter::id).containsExactly("young");
        assertThat(owner.ledger()).containsExactly(LedgerLine.expired("a", owner.clock.instant()));
    }

    @Test
    void whatIsOverIsForgottenInItsTime() {
        receive("a", "b");
        owner.create("r", order(Filter.ALL));
        owner.tick();
        owner.cancel("r");
        owner.delete("d", Filter.ALL);
        owner.keepHouse();
        assertThat(owner.state.todo(owner.redrive("r"), 10)).isEmpty();
        assertThat(owner.state.rows("r", "", 10)).hasSize(1);
        owner.turn(IndexDecisions.DELETION_KEPT.plusSeconds(1));
        owner.keepHouse();
        assertThat(owner.state.deletions()).isEmpty();
        assertThat(owner.state.redrives()).hasSize(1);
        owner.turn(Ownership.REDRIVE_RETENTION);
        owner.keepHouse();
        assertThat(owner.table.contents().keySet()).containsExactly(IndexView.READ);
    }

    @Test
    void rowsArePagedByTheDeadLettersId() {
        receive("b", "a", "c");
        owner.create("r", fast(Filter.ALL));
        run();
        assertThat(owner.state.rows("r", "", 2))
                .extracting(ResultRow::deadLetter)
                .containsExactly("a", "b");
        assertThat(owner.state.rows("r", "b", 2))
                .extracting(ResultRow::deadLetter)
                .containsExactly("c");
    }

    @Test
    void outcomesAreDecodedAsTheQueueWritesThem() {
        var codec = io.kappa.contracts.json.RecordCodec.of(io.kappa.contracts.deadletter.RedriveOutcome.class);
        var written = outcome("r", "a", Ending.SUCCEEDED, NOON);
        assertThat(codec.decode(codec.encode(written))).isEqualTo(written);
    }
}
