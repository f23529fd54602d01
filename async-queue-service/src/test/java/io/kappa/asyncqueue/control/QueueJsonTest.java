package io.kappa.asyncqueue.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.asyncqueue.event.QueueAction;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.invocation.RequestId;
import io.kappa.kit.management.ManagementApi;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class QueueJsonTest {
    private static final String HELLO = "arn:aws:lambda:us-east-1:000000000000:function:hello:prod";
    private static final String REQUEST = "7f3a0c5e-0000-4000-8000-000000000001";

    @Test
    void aSelectionIsAnsweredInTheWordsInWhichItIsAskedFor() throws Exception {
        // given
        var selection = new QueueAction.Selection(
                InvocationTarget.parse(HELLO),
                RequestId.parse(REQUEST),
                2,
                "ValueError",
                Instant.parse("2026-01-31T12:00:00Z"));
        // when
        var json = ManagementApi.JSON.writeValueAsString(QueueJson.Selection.of(selection));
        // then
        var asked = ManagementApi.JSON.readValue(json, QueueJson.Asked.class);
        assertThat(asked)
                .isEqualTo(new QueueJson.Asked(
                        null,
                        HELLO,
                        REQUEST,
                        2,
                        "ValueError",
                        Instant.parse("2026-01-31T12:00:00Z"),
                        null,
                        null,
                        null));
    }

    @Test
    void whatSelectsAllIsLeftOut() throws Exception {
        var all = new QueueAction.Selection(null, null, null, null, null);
        assertThat(ManagementApi.JSON.writeValueAsString(QueueJson.Selection.of(all)))
                .isEqualTo("{}");
    }
}
