package io.kappa.mapper.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.eventsource.SkipCommand;
import io.kappa.contracts.eventsource.SkipCommand.Action;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.kit.management.ManagementApi;
import io.kappa.kit.management.ManagementRefusal;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AskedSkipTest {
    private static final EventSourceMappingRecord ONE_TOPIC = Samples.mapping(Samples.kafka("orders"));
    private static final EventSourceMappingRecord TWO_TOPICS = Samples.mapping(Samples.kafka("orders", "returns"));

    @Test
    void oneRecordIsParkedUnlessToldOtherwise() throws IOException {
        assertThat(asked("{\"partition\":3,\"from\":7}").command(ONE_TOPIC, "s1", Samples.NOON))
                .isEqualTo(new SkipCommand("s1", Samples.UUID, "orders", 3, 7, 8, Action.PARK, "", Samples.NOON));
    }

    @Test
    void everythingThatIsSaidIsInTheCommand() throws IOException {
        var asked = asked("""
                {"topic":"returns","partition":0,"from":0,"to":5,"action":"DROP","reason":"tests","by":"sre"}""");
        assertThat(asked.command(TWO_TOPICS, "s2", Samples.NOON))
                .isEqualTo(new SkipCommand("s2", Samples.UUID, "returns", 0, 0, 5, Action.DROP, "tests", Samples.NOON)
                        .askedBy("sre"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"partition":0,"from":7}                                | topic must be one that the mapping reads: orders, returns
            {"topic":"bills","partition":0,"from":7}                | topic must be one that the mapping reads: orders, returns
            {"topic":"orders","from":7}                             | partition must be the number of a partition
            {"topic":"orders","partition":-1,"from":7}              | partition must be the number of a partition
            {"topic":"orders","partition":0}                        | from must be the offset of a record
            {"topic":"orders","partition":0,"from":-1}              | from must be the offset of a record
            {"topic":"orders","partition":0,"from":9223372036854775807} | from must be the offset of a record
            {"topic":"orders","partition":0,"from":7,"to":7}        | to is the offset after the last record
            {"topic":"orders","partition":0,"from":7,"to":1000008}  | more than 1000000 records, namely 1000001; say confirm: true
            {"topic":"orders","partition":0,"from":7,"action":"x"}  | action must be PARK or DROP
            """)
    void recordsThatTheMappingDoesNotHaveAreRefusedInOneLine(String body, String why) throws IOException {
        var asked = asked(body);
        assertThatThrownBy(() -> asked.command(TWO_TOPICS, "s", Samples.NOON))
                .isInstanceOf(ManagementRefusal.class)
                .hasMessageContaining(why)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void whatASourceHasLostMayBeAnyNumberOnceItIsConfirmed() throws IOException {
        var command = asked("{\"partition\":0,\"from\":0,\"to\":9000000000,\"action\":\"DROP\",\"confirm\":true}")
                .command(ONE_TOPIC, "s", Samples.NOON);
        assertThat(command.to()).isEqualTo(9_000_000_000L);
    }

    @Test
    void messagesOfAFifoQueueCanBePassedOverAndThoseOfAStandardOneNeedNotBe() throws IOException {
        var asked = asked("{\"partition\":0,\"from\":7}");
        var fifo = Samples.mapping(
                new EventSource.Queue("arn:aws:sqs:us-east-1:000000000000:jobs.fifo", "jobs.fifo", true));
        assertThat(asked.command(fifo, "s", Samples.NOON).topic()).isEqualTo("jobs.fifo");

        var standard = Samples.mapping(new EventSource.Queue("arn:aws:sqs:us-east-1:000000000000:jobs", "jobs", false));
        assertThatThrownBy(() -> asked.command(standard, "s", Samples.NOON))
                .isInstanceOf(ManagementRefusal.class)
                .hasMessageContaining("a standard queue has no order");
    }

    @Test
    void aReasonHasABound() throws IOException {
        var asked = asked("{\"partition\":0,\"from\":7,\"reason\":\"" + "x".repeat(1001) + "\"}");
        assertThatThrownBy(() -> asked.command(ONE_TOPIC, "s", Samples.NOON))
                .isInstanceOf(ManagementRefusal.class)
                .hasMessage("reason is longer than 1000 characters");
    }

    private static AskedSkip asked(String body) throws IOException {
        return ManagementApi.JSON.readValue(body, AskedSkip.class);
    }
}
