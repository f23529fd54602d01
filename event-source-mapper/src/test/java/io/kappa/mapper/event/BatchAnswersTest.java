package io.kappa.mapper.event;

import static io.kappa.mapper.event.Samples.quoted;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.mapper.event.BatchResponse.Failed;
import io.kappa.mapper.event.BatchResponse.Partly;
import io.kappa.mapper.event.BatchResponse.Succeeded;
import io.kappa.mapper.event.Samples.Mapping;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BatchAnswersTest {
    private static final String VALUE = "{\"Keys\":{}}";

    private static List<ConsumerRecord<byte[], byte[]>> records(Mapping mapping) {
        return List.of(mapping.given(15, "k", VALUE), mapping.given(16, "k", VALUE), mapping.given(17, "k", VALUE));
    }

    private static BatchResponse read(Mapping mapping, String answer) {
        return mapping.form().read(quoted(answer).getBytes(UTF_8), records(mapping));
    }

    static Stream<Mapping> mappings() {
        return Stream.of(Samples.CLUSTER, Samples.STREAM, Samples.TABLE, Samples.QUEUE, Samples.FIFO_QUEUE)
                .map(arn -> Mapping.of(arn).reporting());
    }

    private static Stream<Arguments> with(String... answers) {
        return mappings().flatMap(mapping -> Stream.of(answers).map(answer -> Arguments.of(mapping, answer)));
    }

    static Stream<Arguments> successes() {
        return with(
                "",
                "null",
                "{}",
                "[]",
                "''",
                "{'batchItemFailures':[]}",
                "{'batchItemFailures':null}",
                "{'statusCode':200,'body':{'batchItemFailures':[17]}}");
    }

    @ParameterizedTest
    @MethodSource("successes")
    void whatLeavesNothingToReadIsSuccess(Mapping mapping, String answer) {
        assertThat(read(mapping, answer)).isEqualTo(new Succeeded(null));
    }

    static Stream<Arguments> failures() {
        return with(
                "{'batchItemFailures':[{'itemIdentifier':''}]}",
                "{'batchItemFailures':[{'itemIdentifier':null}]}",
                "{'batchItemFailures':[{'itemIdentifier':17}]}",
                "{'batchItemFailures':[{'itemIdentifier':{}}]}",
                "{'batchItemFailures':[{}]}",
                "{'batchItemFailures':[{'id':'x'}]}",
                "{'batchItemFailures':[null]}",
                "{'batchItemFailures':['x']}",
                "{'batchItemFailures':[{'itemIdentifier':'not in the batch'}]}",
                "{'batchItemFailures':'x'}",
                "{'batchItemFailures':{}}",
                "{'batchItemFailures':[",
                "{} {}",
                "[1]",
                "17",
                "true",
                "'text'",
                "text");
    }

    @ParameterizedTest
    @MethodSource("failures")
    void whateverElseFailsTheBatch(Mapping mapping, String answer) {
        assertThat(read(mapping, answer)).isInstanceOf(Failed.class);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void whoWasNotAskedCannotAnswerWrongly(Mapping mapping, String answer) {
        var unasked = new Mapping(mapping.source(), mapping.target(), List.of(), 0, false);

        assertThat(read(unasked, answer)).isEqualTo(new Succeeded(null));
    }

    @ParameterizedTest
    @MethodSource("mappings")
    void namedRecordsHaveFailed(Mapping mapping) {
        assertThat(read(mapping, naming(mapping, 2, 0, 2))).isEqualTo(new Partly(Set.of(0, 2), null));
    }

    @ParameterizedTest
    @MethodSource("mappings")
    void oneUnknownNameFailsTheBatch(Mapping mapping) {
        var stranger = naming(mapping, 1).replace("16", "18").replace(id(mapping, 1), "unknown");

        assertThat(read(mapping, stranger)).isInstanceOf(Failed.class);
    }

    private static String naming(Mapping mapping, int... indexes) {
        var items = new StringJoiner(",", "{'batchItemFailures':[", "]}");
        for (int index : indexes) {
            var id = mapping.source().sourceArn().equals(Optional.of(Samples.CLUSTER))
                    ? "{'partition':'mytopic-0','offset':" + (15 + index) + "}"
                    : "'" + id(mapping, index) + "'";
            items.add("{'itemIdentifier':" + id + "}");
        }
        return items.toString();
    }

    private static String id(Mapping mapping, int index) {
        return mapping.form().identifier(records(mapping).get(index));
    }

    @ParameterizedTest
    @MethodSource("kafkaMistakes")
    void kafkaIsAskedForPartitionAndOffset(String item) {
        assertThat(read(Mapping.selfManaged().reporting(), "{'batchItemFailures':[{'itemIdentifier':" + item + "}]}"))
                .isInstanceOf(Failed.class);
    }

    static Stream<String> kafkaMistakes() {
        return Stream.of(
                "'mytopic-0:15'",
                "{'partition':'mytopic-0'}",
                "{'partition':'mytopic-0','offset':'15'}",
                "{'partition':0,'offset':15}",
                "{'partition':'mytopic-1','offset':15}",
                "{'partition':'mytopic-0','offset':18}");
    }

    @Test
    void aDynamoDbRecordIsNamedByItsOwnSequenceNumber() {
        var mapping = Mapping.of(Samples.TABLE).reporting();
        var records = Stream.of("'111'", "'222'", "'222'", "17")
                .map(number -> mapping.given(1, "k", quoted("{'Keys':{},'SequenceNumber':" + number + "}")))
                .toList();
        var answer = quoted("{'batchItemFailures':[{'itemIdentifier':'222'}]}").getBytes(UTF_8);

        assertThat(mapping.form().read(answer, records)).isEqualTo(new Partly(Set.of(1, 2), null));
        assertThat(mapping.form().identifier(records.getLast())).startsWith("49");
    }

    @Test
    void aFunctionWithWindowsHasToReturnAState() {
        var mapping = Mapping.of(Samples.STREAM).windowed();

        assertThat(read(mapping, "{'state':{'k': 1.00 } , 'x':1}")).isEqualTo(new Succeeded("{\"k\": 1.00 }"));
        assertThat(read(mapping, "{'batchItemFailures':['wrong'],'state':{}}")).isEqualTo(new Succeeded("{}"));
        for (var answer :
                List.of("", "null", "{}", "''", "[]", "{'state':null}", "{'state':[]}", "{'state':'x'}", "x")) {
            assertThat(read(mapping, answer)).isInstanceOf(Failed.class);
        }
    }

    @Test
    void aStateComesWithFailuresToo() {
        var mapping = Mapping.of(Samples.STREAM).windowed().reporting();
        var failures = naming(mapping, 1);

        assertThat(read(mapping, failures.replace("{'batch", "{'state':{'n':2},'batch")))
                .isEqualTo(new Partly(Set.of(1), "{\"n\":2}"));
        assertThat(read(mapping, failures)).isInstanceOf(Failed.class);
    }

    @Test
    void aLongStateIsKeptToTheLetter() {
        var state = "{\"ü\":\"" + "€\\\"😀".repeat(100_000) + "\",\"n\":1e400}";
        var answer = ("{\"a\":\"" + "x".repeat(70_000) + "\",\"state\":" + state + "}").getBytes(UTF_8);

        assertThat(Mapping.of(Samples.STREAM).windowed().form().read(answer, List.of()))
                .isEqualTo(new Succeeded(state));
    }

    @Test
    void withoutWindowsNobodyAsksForAState() {
        assertThat(read(Mapping.of(Samples.STREAM).reporting(), "{'state':{}}")).isEqualTo(new Succeeded(null));
    }
}
