package io.kappa.mapper.handover;

import static io.kappa.mapper.event.Samples.json;
import static io.kappa.mapper.event.Samples.quoted;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kappa.contracts.deadletter.DeadLetter;
import io.kappa.mapper.event.EventForm.ReceiveCounts;
import io.kappa.mapper.event.Samples;
import io.kappa.mapper.event.Samples.Mapping;
import io.kappa.mapper.handover.GivenUp.LastOutcome;
import io.kappa.mapper.invoke.InvokeOutcome;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FailureRecordsTest {
    private static final Instant TRIED = Instant.parse("2019-11-14T00:38:05Z");
    private static final Instant FAILED = Instant.parse("2019-11-14T00:38:06.021Z");
    private static final LastOutcome ERROR =
            LastOutcome.of(new InvokeOutcome.FunctionFailed("$LATEST", "ValueError", "no such thing"), null);
    private static final Mapping KINESIS = Mapping.of(Samples.STREAM);
    private static final Mapping TABLE = Mapping.of(Samples.TABLE);
    private static final Mapping MANAGED = Mapping.of(Samples.CLUSTER);
    private static final String VALUE = "{\"Keys\":{}}";

    private static FailureRecords records(Mapping mapping) {
        return new FailureRecords(mapping.record(), mapping.form(), Samples.BOOTSTRAP_SERVERS);
    }

    private static GivenUp givenUp(
            Cause cause, @Nullable LastOutcome last, List<ConsumerRecord<byte[], byte[]>> records) {
        return new GivenUp(records, cause, last == null ? 0 : 2, last, TRIED, FAILED);
    }

    private static String summary(Mapping mapping, GivenUp givenUp) {
        return new String(records(mapping).summary(givenUp), UTF_8);
    }

    @Test
    void aBatchOfAStreamIsToldByItsSequenceNumbers() {
        var batch = List.of(KINESIS.given(7, "k", "a"), KINESIS.given(9, "k", "b"));

        assertThat(summary(KINESIS, givenUp(Cause.RETRIES_EXHAUSTED, ERROR, batch)))
                .isEqualTo(quoted("""
                        {'requestContext':{'requestId':'4a415837-f826-3b84-8251-587bc146ccd8',\
                        'functionArn':'arn:aws:lambda:us-east-2:123456789012:function:f',\
                        'condition':'RetryAttemptsExhausted','approximateInvokeCount':2},\
                        'responseContext':{'statusCode':200,'executedVersion':'$LATEST','functionError':'Unhandled'},\
                        'version':'1.0','timestamp':'2019-11-14T00:38:06.021Z','KinesisBatchInfo':{\
                        'shardId':'shardId-000000000000','startSequenceNumber':'4900000000000000000000000000007',\
                        'endSequenceNumber':'4900000000000000000000000000009',\
                        'approximateArrivalOfFirstRecord':'2018-12-17T22:10:50.987Z',\
                        'approximateArrivalOfLastRecord':'2018-12-17T22:10:50.987Z','batchSize':2,\
                        'streamArn':'arn:aws:kinesis:us-east-2:123456789012:stream/s'}}"""));
    }

    @Test
    void aBatchOfATableThatHasBecomeTooOldHasNoResponse() {
        var batch = List.of(TABLE.given(7, "k", "{\"Keys\":{},\"SequenceNumber\":\"111\"}"));

        assertThat(summary(TABLE.calling(Samples.FUNCTION + ":live"), givenUp(Cause.RECORD_AGE_EXCEEDED, ERROR, batch)))
                .isEqualTo(quoted("""
                        {'requestContext':{'requestId':'4486b9fa-b3e5-39bb-b247-1abd43508518',\
                        'functionArn':'arn:aws:lambda:us-east-2:123456789012:function:f:live',\
                        'condition':'RecordAgeExceeded','approximateInvokeCount':2},\
                        'version':'1.0','timestamp':'2019-11-14T00:38:06.021Z','DDBStreamBatchInfo':{\
                        'shardId':'shardId-000000000000','startSequenceNumber':'111','endSequenceNumber':'111',\
                        'approximateArrivalOfFirstRecord':'2018-12-17T22:10:50Z',\
                        'approximateArrivalOfLastRecord':'2018-12-17T22:10:50Z','batchSize':1,\
                        'streamArn':'arn:aws:dynamodb:us-east-2:123456789012:table/t/stream/2020'}}"""));
    }

    @Test
    void aBatchOfAClusterIsToldByItsOffsets() {
        var batch = List.of(
                Samples.at("mytopic", 0, 7, "k", "a"),
                Samples.at("mytopic", 1, 1, "k", "a"),
                Samples.at("mytopic", 0, 9, "k", "b"));
        int size = MANAGED.form().event(batch, ReceiveCounts.FIRST, null).length;

        assertThat(summary(MANAGED, givenUp(Cause.RETRIES_EXHAUSTED, ERROR, batch)))
                .isEqualTo(quoted("""
                        {'requestContext':{'requestId':'1dad75e9-ff01-331a-aab6-54b33b2a1613',\
                        'functionArn':'arn:aws:lambda:us-east-2:123456789012:function:f',\
                        'condition':'RetryAttemptsExhausted','approximateInvokeCount':2},\
                        'responseContext':{'statusCode':200,'executedVersion':'$LATEST','functionError':'Unhandled'},\
                        'version':'1.0','timestamp':'2019-11-14T00:38:06.021Z','KafkaBatchInfo':{'batchSize':3,\
                        'eventSourceArn':'arn:aws:kafka:us-east-2:123456789012:cluster/c/0-1',\
                        'bootstrapServers':'b-1:9092,b-2:9092','payloadSize':%d,'recordsInfo':{\
                        'mytopic-0':{'firstRecordOffset':'7','lastRecordOffset':'9',\
                        'firstRecordTimestamp':'2018-12-17T22:10:50.987Z','lastRecordTimestamp':'2018-12-17T22:10:50.987Z'},\
                        'mytopic-1':{'firstRecordOffset':'1','lastRecordOffset':'1',\
                        'firstRecordTimestamp':'2018-12-17T22:10:50.987Z','lastRecordTimestamp':'2018-12-17T22:10:50.987Z'}}}}""".formatted(size)));
    }

    @Test
    void aBucketGetsWhatAQueueIsToldAndTheEventAsAText() {
        var batch = List.of(KINESIS.given(7, "k", "a"), KINESIS.given(9, "k", "b"));
        var givenUp = givenUp(Cause.RETRIES_EXHAUSTED, ERROR, batch);

        var whole = json(new String(records(KINESIS).whole(givenUp), UTF_8));

        assertThat(whole.path("payload").asText())
                .isEqualTo(new String(KINESIS.form().event(batch, ReceiveCounts.FIRST, null), UTF_8));
        ((ObjectNode) whole).remove("payload");
        assertThat(whole).isEqualTo(json(summary(KINESIS, givenUp)));
    }

    @Test
    void anObjectIsNamedByItsMappingShardAndTimeAndAlwaysTheSame() {
        assertThat(records(KINESIS)
                        .objectKey(givenUp(
                                Cause.RETRIES_EXHAUSTED,
                                ERROR,
                                List.of(KINESIS.given(7, "k", "a"), KINESIS.given(9, "k", "b")))))
                .isEqualTo("aws/lambda/" + KINESIS.record().id().uuid() + "/shardId-000000000000/2019/11/14/"
                        + "2019-11-14T00.38.06-4a415837-f826-3b84-8251-587bc146ccd8");
        assertThat(records(MANAGED)
                        .objectKey(givenUp(
                                Cause.RETRIES_EXHAUSTED, ERROR, List.of(Samples.at("mytopic", 3, 7, "k", "a")))))
                .startsWith("aws/lambda/" + MANAGED.record().id().uuid() + "/mytopic-3/2019/11/14/");
    }

    @Test
    void aBucketGetsTheValuesOfRecordsWithoutAForm() {
        var whole = json(new String(
                records(TABLE)
                        .whole(givenUp(Cause.UNREADABLE, null, List.of(TABLE.given(7, "k", "no item of a table")))),
                UTF_8));

        assertThat(whole.path("payload").asText()).isEqualTo("no item of a table");
    }

    @Test
    void aRecordThatIsTooLongHasNotRun() {
        var own = Mapping.selfManaged();
        var summary = json(summary(own, givenUp(Cause.PAYLOAD_TOO_LARGE, null, List.of(own.given(7, "k", "a")))));

        assertThat(summary.at("/requestContext/condition").asText()).isEqualTo("MaximumPayloadSizeExceeded");
        assertThat(summary.at("/requestContext/approximateInvokeCount").asInt(-1))
                .isZero();
        assertThat(summary.at("/responseContext").isNull()).isTrue();
        assertThat(summary.at("/KafkaBatchInfo/eventSourceArn").isMissingNode()).isTrue();
        assertThat(summary.at("/KafkaBatchInfo/bootstrapServers").asText()).isEqualTo("b-1:9092,b-2:9092");
    }

    @Test
    void recordsThatAFunctionNamedHaveNoFunctionError() {
        var named = LastOutcome.of(new InvokeOutcome.Answered("3", new byte[0]), null);

        assertThat(summary(KINESIS, givenUp(Cause.RETRIES_EXHAUSTED, named, List.of(KINESIS.given(7, "k", "a")))))
                .contains(quoted("'responseContext':{'statusCode':200,'executedVersion':'3','functionError':null}"));
    }

    @Test
    void whatWasThrottledOnlyHasNoResponse() {
        var throttled = LastOutcome.of(new InvokeOutcome.NotRun(InvokeOutcome.Why.THROTTLED, "Rate Exceeded."), null);
        var batch = List.of(KINESIS.given(7, "k", "a"));

        assertThat(summary(KINESIS, givenUp(Cause.RETRIES_EXHAUSTED, throttled, batch)))
                .doesNotContain("responseContext");
        assertThat(throttled).isEqualTo(new LastOutcome(429, null, null, "THROTTLED", "Rate Exceeded."));
    }

    @Test
    void aTopicGetsEachRecordWithItsKey() {
        var batch = List.of(MANAGED.given(7, "k", "a"), MANAGED.given(8, null, "b"));
        var messages = records(MANAGED).messages(givenUp(Cause.RETRIES_EXHAUSTED, ERROR, batch));
        var payload = new String(MANAGED.form().event(batch.subList(0, 1), ReceiveCounts.FIRST, null), UTF_8);

        assertThat(messages).hasSize(2);
        assertThat(messages.getFirst().key()).asString(UTF_8).isEqualTo("k");
        assertThat(messages.getLast().key()).isNull();
        assertThat(messages.getFirst().value()).asString(UTF_8).isEqualTo(quoted("""
                        {'requestContext':{'requestId':'f9fa0925-7e33-3788-88e0-3ddc25596b53',\
                        'functionArn':'arn:aws:lambda:us-east-2:123456789012:function:f:$LATEST',\
                        'condition':'RetriesExhausted','approximateInvokeCount':2},\
                        'responseContext':{'statusCode':200,'executedVersion':'$LATEST','functionError':'Unhandled'},\
                        'version':'1.0','timestamp':'2019-11-14T00:38:06.021Z','KafkaBatchInfo':{'batchSize':1,\
                        'eventSourceArn':'arn:aws:kafka:us-east-2:123456789012:cluster/c/0-1',\
                        'bootstrapServers':'b-1:9092,b-2:9092','payloadSize':%d,\
                        'recordInfo':{'offset':'7','timestamp':'2018-12-17T22:10:50.987Z'}},'payload':%s}""".formatted(
                        payload.length(), payload)));
    }

    @Test
    void aTopicGetsRecordsOfStreamsToo() {
        var batch = List.of(KINESIS.given(7, "k", "a"), KINESIS.given(8, "k", "b"));
        var message = json(records(KINESIS)
                .messages(givenUp(Cause.RETRIES_EXHAUSTED, ERROR, batch))
                .getLast()
                .value());

        assertThat(message.at("/KinesisBatchInfo/batchSize").asInt()).isEqualTo(1);
        assertThat(message.at("/KinesisBatchInfo/startSequenceNumber").asText()).endsWith("8");
        assertThat(message.at("/payload/Records/0/kinesis/data").asText()).isEqualTo("Yg==");
    }

    @Test
    void whatIsUnreadableGoesAsItIs() {
        var givenUp = givenUp(Cause.UNREADABLE, null, List.of(TABLE.given(7, "k", "no \"record\"")));
        var message = json(records(TABLE).messages(givenUp).getFirst().value());
        var parked = records(TABLE).deadLetters(givenUp).getFirst();

        assertThat(message.at("/payload").asText()).isEqualTo("no \"record\"");
        assertThat(message.at("/requestContext/condition").asText()).isEqualTo("RetriesExhausted");
        assertThat(parked.payload()).asString(UTF_8).isEqualTo("no \"record\"");
        assertThat(parked.letter().errorMessage()).contains("not a DynamoDB stream record");
        assertThat(summary(TABLE, givenUp)).contains("\"batchSize\":1");
        assertThat(records(TABLE)
                        .deadLetters(givenUp(Cause.UNREADABLE, null, List.of(TABLE.given(8, "k", null))))
                        .getFirst()
                        .payload())
                .isEmpty();
    }

    @Test
    void everyRecordBecomesADeadLetter() {
        var queue = Mapping.of(Samples.QUEUE).calling(Samples.FUNCTION + ":live");
        var record = queue.given(7, "k", "a");
        record.headers().add("AWSTraceHeader", "Root=1".getBytes(UTF_8));
        var parked = records(queue)
                .deadLetters(givenUp(Cause.RECEIVE_COUNT_EXCEEDED, ERROR, List.of(record, queue.given(8, "k", "b"))));

        assertThat(parked).hasSize(2);
        assertThat(parked.getFirst().letter())
                .isEqualTo(new DeadLetter(
                        1,
                        "3ff310be-3665-3fd6-bbc9-d0da3cab6f5a",
                        DeadLetter.Origin.EVENT_SOURCE,
                        "RECEIVE_COUNT_EXCEEDED",
                        Samples.FUNCTION,
                        Samples.FUNCTION + ":live",
                        null,
                        "ValueError",
                        "no such thing",
                        2,
                        TRIED,
                        FAILED,
                        "q",
                        0,
                        7,
                        "Root=1",
                        null,
                        null,
                        null));
        assertThat(parked.getFirst().payload()).isEqualTo(queue.form().event(List.of(record), _ -> 2, null));
        assertThat(parked.getLast().letter().id())
                .isNotEqualTo(parked.getFirst().letter().id());
    }

    @ParameterizedTest
    @EnumSource
    void whatIsToldTwiceIsTheSame(Cause cause) {
        var batch = List.of(TABLE.given(7, "k", VALUE), TABLE.given(8, "k", VALUE));
        var givenUp = givenUp(cause, null, batch);
        var again = givenUp(cause, null, batch);

        assertThat(summary(TABLE, givenUp)).isEqualTo(summary(TABLE, again));
        assertThat(records(TABLE).deadLetters(givenUp).getFirst().letter())
                .isEqualTo(records(TABLE).deadLetters(again).getFirst().letter());
    }

    @Test
    void aLongErrorMessageIsCut() {
        var last = new LastOutcome(200, "1", "Unhandled", "E", "x".repeat(5000));
        var parked =
                records(TABLE).deadLetters(givenUp(Cause.RETRIES_EXHAUSTED, last, List.of(TABLE.given(7, "k", VALUE))));

        assertThat(parked.getFirst().letter().errorMessage()).hasSize(1024);
    }

    @Test
    void nothingCannotBeGivenUp() {
        assertThatThrownBy(() -> givenUp(Cause.SKIPPED, null, List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
