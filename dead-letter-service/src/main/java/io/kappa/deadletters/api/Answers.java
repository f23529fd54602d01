package io.kappa.deadletters.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.kappa.contracts.deadletter.DeadLetter;
import io.kappa.contracts.invocation.Ending;
import io.kappa.deadletters.index.Counts;
import io.kappa.deadletters.index.Filter;
import io.kappa.deadletters.index.FunctionCause;
import io.kappa.deadletters.index.Letter;
import io.kappa.deadletters.index.LetterStatus;
import io.kappa.deadletters.index.Progress;
import io.kappa.deadletters.index.Redrive;
import io.kappa.deadletters.index.ResultRow;
import io.kappa.deadletters.payload.PayloadEdit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the API answers, as JSON. */
final class Answers {

    /** A place in a topic. */
    record Place(String topic, int partition, long offset) {}

    /** Where the payload is, and how long. */
    record PayloadPlace(String topic, int partition, long offset, int bytes) {}

    /** Where everything is written that became of a dead letter: the records of that topic with that key. */
    record History(String topic, String key) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record DeadLetterAnswer(
            String id,
            LetterStatus status,
            Instant changed,
            DeadLetter.Origin origin,
            String cause,
            String function,
            @Nullable String target,
            @Nullable String requestId,
            @Nullable String errorType,
            @Nullable String errorMessage,
            int attempts,
            Instant accepted,
            Instant failed,
            Place source,
            PayloadPlace payload,
            @Nullable String traceId,
            @Nullable String clientContext,
            @Nullable String destination,
            @Nullable String redrivenFrom,
            @Nullable String redrive,
            @Nullable String redriveRequestId,
            History history) {

        /**
         * @param records full name of the topic of dead letters
         * @param ledger full name of the ledger's
         */
        static DeadLetterAnswer of(Letter letter, String records, String ledger) {
            var dead = letter.deadLetter();
            return new DeadLetterAnswer(
                    dead.id(),
                    letter.status(),
                    letter.changed(),
                    dead.origin(),
                    dead.cause(),
                    dead.function(),
                    dead.target(),
                    dead.requestId(),
                    dead.errorType(),
                    dead.errorMessage(),
                    dead.attempts(),
                    dead.accepted(),
                    dead.failed(),
                    new Place(dead.topic(), dead.partition(), dead.offset()),
                    new PayloadPlace(records, letter.partition(), letter.offset(), letter.payloadBytes()),
                    dead.traceId(),
                    dead.clientContext(),
                    dead.destination(),
                    dead.redrivenFrom(),
                    letter.redrive(),
                    letter.requestId() == null ? null : letter.requestId().toString(),
                    new History(ledger, dead.id()));
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record DeadLettersAnswer(
            List<DeadLetterAnswer> deadLetters, @Nullable String cursor) {}

    /** How many of each status. */
    record CountsOf(long total, long open, long redriving, long resolved, long failedAgain) {
        static CountsOf of(Counts counts) {
            return new CountsOf(
                    counts.total(), counts.open(), counts.redriving(), counts.resolved(), counts.failedAgain());
        }
    }

    record FunctionCounts(String function, CountsOf counts, Map<String, CountsOf> causes) {}

    record CountsAnswer(CountsOf counts, List<FunctionCounts> functions) {
        static CountsAnswer of(SortedMap<FunctionCause, Counts> counts) {
            var byFunction = new TreeMap<String, TreeMap<String, Counts>>();
            counts.forEach((of, count) -> byFunction
                    .computeIfAbsent(of.function(), _ -> new TreeMap<>())
                    .put(of.cause(), count));
            var functions = new ArrayList<FunctionCounts>();
            byFunction.forEach((function, causes) -> {
                var shown = new TreeMap<String, CountsOf>();
                causes.forEach((cause, count) -> shown.put(cause, CountsOf.of(count)));
                functions.add(new FunctionCounts(function, CountsOf.of(sum(causes)), shown));
            });
            return new CountsAnswer(CountsOf.of(sum(counts)), functions);
        }

        private static Counts sum(Map<?, Counts> counts) {
            return counts.values().stream().reduce(Counts.NONE, Counts::plus);
        }
    }

    record DeletionAnswer(String action, long deleted, boolean complete) {}

    record ProgressAnswer(
            boolean matching,
            long matched,
            long pending,
            long sent,
            long skipped,
            long failed,
            long wouldSend,
            long outstanding,
            long succeeded,
            long failedAgain,
            long returned) {
        static ProgressAnswer of(boolean matching, Progress progress) {
            return new ProgressAnswer(
                    matching,
                    progress.matched(),
                    progress.pending(),
                    progress.sent(),
                    progress.skipped(),
                    progress.failed(),
                    progress.wouldSend(),
                    progress.outstanding(),
                    progress.succeeded(),
                    progress.failedAgain(),
                    progress.returned());
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record RedriveAnswer(
            String id,
            Redrive.State state,
            Instant created,
            @Nullable Instant finished,
            @Nullable String by,
            Filter filter,
            double ratePerSecond,
            boolean dryRun,
            @Nullable String target,
            @Nullable String qualifier,
            @Nullable Integer maximum,
            @Nullable PayloadEdit edit,
            ProgressAnswer progress) {
        static RedriveAnswer of(Redrive redrive) {
            var order = redrive.order();
            return new RedriveAnswer(
                    redrive.id(),
                    redrive.state(),
                    order.created(),
                    redrive.finished(),
                    order.by(),
                    order.filter(),
                    order.ratePerSecond(),
                    order.dryRun(),
                    order.target(),
                    order.qualifier(),
                    order.maximum(),
                    order.edit(),
                    ProgressAnswer.of(redrive.matching() && redrive.finished() == null, redrive.progress()));
        }
    }

    record RedrivesAnswer(List<RedriveAnswer> redrives) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ResultAnswer(
            String deadLetter,
            ResultRow.Result result,
            @Nullable String reason,
            @Nullable String requestId,
            Instant at,
            @Nullable Instant ended,
            @Nullable Ending ending,
            @Nullable String errorType) {
        static ResultAnswer of(ResultRow row) {
            return new ResultAnswer(
                    row.deadLetter(),
                    row.result(),
                    row.reason(),
                    row.requestId() == null ? null : row.requestId().toString(),
                    row.at(),
                    row.ended(),
                    row.ending(),
                    row.errorType());
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ResultsAnswer(
            List<ResultAnswer> results, @Nullable String cursor) {}

    private Answers() {}
}
