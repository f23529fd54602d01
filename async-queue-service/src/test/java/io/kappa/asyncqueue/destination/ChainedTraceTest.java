package io.kappa.asyncqueue.destination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.asyncqueue.event.Delivery;
import io.kappa.asyncqueue.event.Source;
import io.kappa.asyncqueue.record.StoredRecord;
import io.kappa.contracts.invocation.Ending;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.invocation.Lineage;
import io.kappa.contracts.invocation.QueuedEvent;
import io.kappa.contracts.invocation.RequestId;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChainedTraceTest {
    private static final String FUNCTION = "arn:aws:lambda:us-east-1:111111111111:function:f";
    private static final String TRACE = "Root=1-6500a1b2-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=1";

    @Test
    void tellsOfTheRun() {
        assertThat(ChainedTrace.of(delivery(3), event(Map.of(QueuedEvent.TRACE_ID, TRACE.getBytes(UTF_8)))))
                .isEqualTo(Lineage.entered(TRACE, Lineage.hash(FUNCTION)));
    }

    @Test
    void attemptsOfOneEventAreOneLinkOfTheChain() {
        var trace = Map.of(QueuedEvent.TRACE_ID, TRACE.getBytes(UTF_8));

        assertThat(ChainedTrace.of(delivery(3), event(trace))).isEqualTo(ChainedTrace.of(delivery(1), event(trace)));
    }

    @Test
    void anEventThatNeverRanAddsNothing() {
        assertThat(ChainedTrace.of(delivery(0), event(Map.of(QueuedEvent.TRACE_ID, TRACE.getBytes(UTF_8)))))
                .isEqualTo(TRACE);
    }

    @Test
    void oneThatWasQueuedWithoutATraceBeginsOneThatIsTheSameEachTime() {
        var begun = ChainedTrace.of(delivery(1), event(Map.of()));

        assertThat(begun)
                .isEqualTo(ChainedTrace.of(delivery(1), event(Map.of())))
                .matches("Root=1-6500a1b2-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=1:[0-9a-f]{8}:0");
    }

    private static StoredRecord event(Map<String, byte[]> headers) {
        return new StoredRecord(headers, new byte[0], 0);
    }

    private static Delivery delivery(int runs) {
        return new Delivery(
                1,
                Delivery.Kind.ON_SUCCESS,
                "kafka://t",
                RequestId.parse("01234567-89ab-4def-8123-456789abcdef"),
                InvocationTarget.parse(FUNCTION + ":prod"),
                Ending.SUCCEEDED,
                Source.QUEUED,
                0,
                1,
                0x6500a1b2L * 1000,
                0x6500a1b3L * 1000,
                runs,
                null,
                0,
                0);
    }
}
