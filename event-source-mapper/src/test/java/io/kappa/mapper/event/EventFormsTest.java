package io.kappa.mapper.event;

import static io.kappa.mapper.event.Samples.json;
import static io.kappa.mapper.event.Samples.quoted;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.mapper.event.EventForm.ReceiveCounts;
import io.kappa.mapper.event.EventForm.Window;
import io.kappa.mapper.event.Samples.Mapping;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventFormsTest {
    private static final Mapping MANAGED = Mapping.of(Samples.CLUSTER);
    private static final Mapping KINESIS = Mapping.of(Samples.STREAM);
    private static final Mapping DYNAMO_DB = Mapping.of(Samples.TABLE);
    private static final Mapping QUEUE = Mapping.of(Samples.QUEUE);
    private static final Mapping FIFO = Mapping.of(Samples.FIFO_QUEUE);

    private static String event(Mapping mapping, List<ConsumerRecord<byte[], byte[]>> records) {
        return event(mapping, records, null);
    }

    private static String event(
            Mapping mapping, List<ConsumerRecord<byte[], byte[]>> records, @Nullable Window window) {
        return new String(mapping.form().event(records, ReceiveCounts.FIRST, window), UTF_8);
    }

    @Test
    void aManagedClusterShowsRecordsByTopicAndPartition() {
        var first = Samples.at("mytopic", 0, 15, "k", "v");
        first.headers().add("headerKey", new byte[] {104, (byte) 200}).add("empty", null);

        assertThat(event(
                        MANAGED,
                        List.of(
                                first,
                                Samples.at("mytopic", 1, 7, null, "w"),
                                Samples.at("mytopic", 0, 16, "k", null))))
                .isEqualTo(quoted("""
                        {'eventSource':'aws:kafka','eventSourceArn':'arn:aws:kafka:us-east-2:123456789012:cluster/c/0-1',\
                        'bootstrapServers':'b-1:9092,b-2:9092','records':{'mytopic-0':[\
                        {'topic':'mytopic','partition':0,'offset':15,'timestamp':1545084650987,'timestampType':'CREATE_TIME',\
                        'key':'aw==','value':'dg==','headers':[{'headerKey':[104,200]},{'empty':[]}]},\
                        {'topic':'mytopic','partition':0,'offset':16,'timestamp':1545084650987,'timestampType':'CREATE_TIME',\
                        'key':'aw==','headers':[]}],'mytopic-1':[\
                        {'topic':'mytopic','partition':1,'offset':7,'timestamp':1545084650987,'timestampType':'CREATE_TIME',\
                        'value':'dw==','headers':[]}]}}"""));
    }

    @Test
    void aSelfManagedClusterHasNoArn() {
        assertThat(event(Mapping.selfManaged(), List.of(Samples.at("mytopic", 0, 15, null, "v"))))
                .isEqualTo(quoted("""
                        {'eventSource':'SelfManagedKafka','bootstrapServers':'b-1:9092,b-2:9092','records':{'mytopic-0':[\
                        {'topic':'mytopic','partition':0,'offset':15,'timestamp':1545084650987,'timestampType':'CREATE_TIME',\
                        'value':'dg==','headers':[]}]}}"""));
    }

    @Test
    void kinesisShowsRecordsInBase64WithTheirSequenceNumbers() {
        assertThat(event(KINESIS, List.of(Samples.at("s", 6, 42, "1", "Hello, this is a test."))))
                .isEqualTo(quoted("""
                        {'Records':[{'kinesis':{'kinesisSchemaVersion':'1.0','partitionKey':'1',\
                        'sequenceNumber':'4900000000060000000000000000042',\
                        'data':'SGVsbG8sIHRoaXMgaXMgYSB0ZXN0Lg==','approximateArrivalTimestamp':1545084650.987},\
                        'eventSource':'aws:kinesis','eventVersion':'1.0',\
                        'eventID':'shardId-000000000006:4900000000060000000000000000042','eventName':'aws:kinesis:record',\
                        'invokeIdentityArn':'arn:aws:iam::123456789012:role/r','awsRegion':'us-east-2',\
                        'eventSourceARN':'arn:aws:kinesis:us-east-2:123456789012:stream/s'}]}"""));
    }

    @Test
    void aKinesisRecordWithoutKeyAndValueHasItsOffsetAndNothing() {
        var kinesis = json(event(KINESIS, List.of(KINESIS.given(42, null, null))))
                .path("Records")
                .path(0)
                .path("kinesis");

        assertThat(kinesis.path("partitionKey").asText()).isEqualTo("42");
        assertThat(kinesis.path("data").asText("missing")).isEmpty();
    }

    @Test
    void aWindowStandsBesideTheRecords() {
        var start = Instant.parse("2020-07-30T17:00:00Z").toEpochMilli();
        var window = new Window(6, start, start + 300_000, "{\"k\": 1.00}", true, false);

        assertThat(event(KINESIS.windowed(), List.of(), window)).isEqualTo(quoted("""
                {'Records':[],'window':{'start':'2020-07-30T17:00:00Z','end':'2020-07-30T17:05:00Z'},'state':{'k': 1.00},\
                'shardId':'shardId-000000000006','eventSourceARN':'arn:aws:kinesis:us-east-2:123456789012:stream/s',\
                'isFinalInvokeForWindow':true,'isWindowTerminatedEarly':false}"""));
        var ofTable = json(event(DYNAMO_DB.windowed(), List.of(DYNAMO_DB.given(1, null, "{\"Keys\":{}}")), window));
        assertThat(ofTable.path("Records").size()).isEqualTo(1);
        assertThat(ofTable.path("eventSourceARN").asText()).isEqualTo(Samples.TABLE);
    }

    @Test
    void aWholeDynamoDbRecordPassesAsItIs() {
        var whole = quoted("""
                {'eventID':'c4ca4238a0b923820dcc509a6f75849b','eventName':'INSERT','eventVersion':'1.1',\
                'eventSource':'aws:dynamodb','awsRegion':'us-east-1','dynamodb':{'ApproximateCreationDateTime':1479499740,\
                'Keys':{'Id':{'N':'101'}},'NewImage':{'Message':{'S':'New \\u0022item\\u0022! ü'},'Id':{'N':'101.00'}},\
                'SequenceNumber':'4421584500000000017450439091','SizeBytes':26,'StreamViewType':'NEW_AND_OLD_IMAGES'},\
                'eventSourceARN':'arn:aws:dynamodb:us-east-1:111111111111:table/x/stream/2016',\
                'userIdentity':{'type':'Service','principalId':'dynamodb.amazonaws.com'},'extra':[1.10,null]}""");

        assertThat(json(event(DYNAMO_DB, List.of(DYNAMO_DB.given(1, "k", whole)))))
                .isEqualTo(json("{\"Records\":[" + whole + "]}"));
        assertThat(event(DYNAMO_DB, List.of(DYNAMO_DB.given(1, "k", whole))))
                .contains("101.00", "1.10,null", "\\u0022");
    }

    @Test
    void whatADynamoDbRecordLacksIsFilledIn() {
        assertThat(event(
                        DYNAMO_DB,
                        List.of(DYNAMO_DB.given(3, "k", "{\"Keys\":{\"Id\":{\"N\":\"101\"}},\"OldImage\":{}}"))))
                .isEqualTo(quoted("""
                        {'Records':[{'eventID':'f4134795dcb73e1c9825a8cfddb7cae1','eventName':'REMOVE','eventVersion':'1.1',\
                        'eventSource':'aws:dynamodb','awsRegion':'us-east-2','dynamodb':{'Keys':{'Id':{'N':'101'}},\
                        'OldImage':{},'ApproximateCreationDateTime':1545084650,\
                        'SequenceNumber':'4900000000000000000000000000003','SizeBytes':41},\
                        'eventSourceARN':'arn:aws:dynamodb:us-east-2:123456789012:table/t/stream/2020'}]}"""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'Keys':{},'NewImage':{}} INSERT",
                "{'Keys':{},'NewImage':{},'OldImage':{}} MODIFY",
                "{'Keys':{},'OldImage':{}} REMOVE",
                "{'Keys':{}} MODIFY",
                "{'dynamodb':{'NewImage':{}}} INSERT",
                "{'eventName':'REMOVE','dynamodb':{'NewImage':{}}} REMOVE"
            })
    void imagesTellWhatHasHappenedToAnItem(String valueAndName) {
        var parts = valueAndName.split(" ");
        var record = DYNAMO_DB.given(1, null, quoted(parts[0]));

        assertThat(json(event(DYNAMO_DB, List.of(record)))
                        .at("/Records/0/eventName")
                        .asText())
                .isEqualTo(parts[1]);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "text",
                "17",
                "[]",
                "null",
                "{}",
                "{'NewImage':{}}",
                "{'dynamodb':null}",
                "{'dynamodb':[]}",
                "{'Keys':{}} {}",
                "{'Keys':{}",
                "{'Keys':{},'\\ud800':1}"
            })
    void aValueThatIsNoDynamoDbRecordHasAProblem(String value) {
        var record = DYNAMO_DB.given(1, null, quoted(value));
        var form = DYNAMO_DB.form();

        assertThat(form.problem(record)).get().asString().startsWith("not a DynamoDB stream record: ");
        assertThat(form.size(record)).isEqualTo(quoted(value).length());
        assertThatThrownBy(() -> form.event(List.of(record), ReceiveCounts.FIRST, null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTombstoneAndBytesThatAreNoTextAreNoDynamoDbRecordsEither() {
        assertThat(DYNAMO_DB.form().problem(DYNAMO_DB.given(1, "k", null))).isPresent();
        assertThat(DYNAMO_DB.form().problem(Samples.of("t", 0, 1, null, new byte[] {'{', (byte) 0xFF, '}'})))
                .isPresent();
        assertThat(DYNAMO_DB.form().problem(DYNAMO_DB.given(1, "k", "{\"Keys\":{}}")))
                .isEmpty();
        assertThat(KINESIS.form().problem(KINESIS.given(1, null, null))).isEmpty();
    }

    @Test
    void aMessageOfAQueueLooksAsSqsShowsIt() {
        var record = QUEUE.given(5, "ignored", "Test \"message\".");
        record.headers()
                .add("k", "v".getBytes(UTF_8))
                .add("AWSTraceHeader", "Root=1-5759e988-bd862e3fe1be46a994272793".getBytes(UTF_8))
                .add("b", new byte[] {(byte) 0xFF, 0})
                .add("none", null);

        var event = new String(QUEUE.form().event(List.of(record), _ -> 3, null), UTF_8);
        assertThat(event).isEqualTo(quoted("""
                {'Records':[{'messageId':'f8546b81-8107-3a2f-87e4-39d82cb49122','receiptHandle':'AQEBcS8wLzU=','body':'Test \\'message\\'.',\
                'attributes':{'ApproximateReceiveCount':'3','AWSTraceHeader':'Root=1-5759e988-bd862e3fe1be46a994272793',\
                'SentTimestamp':'1545084650987','SenderId':'123456789012','ApproximateFirstReceiveTimestamp':'1545084650987'},\
                'messageAttributes':{\
                'b':{'binaryValue':'/wA=','stringListValues':[],'binaryListValues':[],'dataType':'Binary'},\
                'k':{'stringValue':'v','stringListValues':[],'binaryListValues':[],'dataType':'String'}},\
                'md5OfBody':'fed51d5aa537ee79a11ec5e9c64fe2a0','md5OfMessageAttributes':'5fa4a034cc81c296776c90735231f6c3','eventSource':'aws:sqs',\
                'eventSourceARN':'arn:aws:sqs:us-east-2:123456789012:q','awsRegion':'us-east-2'}]}"""));
    }

    @Test
    void aCallFollowsFromItsMessagesWhereTheyAreAQueues() {
        var first = traced(QUEUE, "Root=1-1-1;Lineage=1:0000000a:1");
        var second = traced(QUEUE, "Root=1-2-2;Lineage=1:0000000a:5");

        assertThat(QUEUE.form().trace(List.of(first, second))).isEqualTo("Root=1-1-1;Lineage=1:0000000a:5");
        assertThat(QUEUE.form().trace(List.of(traced(QUEUE, "Root=1-é")))).isNull();
        assertThat(QUEUE.form().trace(List.of(QUEUE.given(5, "k", "m")))).isNull();
        assertThat(KINESIS.form().trace(List.of(traced(KINESIS, "Root=1-1-1")))).isNull();
    }

    private static ConsumerRecord<byte[], byte[]> traced(Mapping mapping, String trace) {
        var record = mapping.given(5, "k", "m");
        record.headers().add("AWSTraceHeader", trace.getBytes(UTF_8));
        return record;
    }

    @Test
    void aMessageOfAFifoQueueHasItsGroup() {
        assertThat(event(FIFO, List.of(FIFO.given(5, "group", "Test message."))))
                .isEqualTo(quoted("""
                {'Records':[{'messageId':'0c306822-78a4-3ed0-ba33-228e72f22c40','receiptHandle':'AQEBcS5maWZvLzAvNQ==','body':'Test message.',\
                'attributes':{'ApproximateReceiveCount':'1','SentTimestamp':'1545084650987',\
                'SequenceNumber':'4900000000000000000000000000005','MessageGroupId':'group','SenderId':'123456789012',\
                'MessageDeduplicationId':'b2da997a966ee07c43e1f083807ce5884bc0a4cad13b02cadc72a11820b50917','ApproximateFirstReceiveTimestamp':'1545084650987'},\
                'messageAttributes':{},'md5OfBody':'e4e68fb7bd0e697a0ae8f1bb342846b3','eventSource':'aws:sqs',\
                'eventSourceARN':'arn:aws:sqs:us-east-2:123456789012:q.fifo','awsRegion':'us-east-2'}]}"""));
    }

    @Test
    void aSenderMayNameTheDeduplicationIdAndLeaveOutTheGroup() {
        var record = FIFO.given(5, null, "Test message.");
        record.headers().add("MessageDeduplicationId", "mine".getBytes(UTF_8));

        var message = json(event(FIFO, List.of(record))).at("/Records/0");
        assertThat(message.at("/attributes/MessageDeduplicationId").asText()).isEqualTo("mine");
        assertThat(message.at("/attributes/MessageGroupId").asText()).isEqualTo("0-5");
        assertThat(message.at("/messageAttributes")).isEmpty();
    }

    @Test
    void aRecordHasTheSameIdentifierWhoeverReadsIt() {
        for (var mapping : List.of(MANAGED, KINESIS, DYNAMO_DB, QUEUE, FIFO)) {
            var record = mapping.given(5, null, "{\"Keys\":{}}");

            assertThat(mapping.form().identifier(record))
                    .isEqualTo(mapping.form().identifier(record))
                    .isNotEqualTo(mapping.form().identifier(mapping.given(6, null, "{\"Keys\":{}}")));
        }
    }
}
