package io.kappa.mapper.filter;

import static io.kappa.mapper.event.Samples.quoted;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.mapper.event.Samples;
import io.kappa.mapper.event.Samples.Mapping;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordFiltersTest {
    private static final Mapping KAFKA = Mapping.selfManaged();
    private static final Mapping KINESIS = Mapping.of(Samples.STREAM);
    private static final Mapping TABLE = Mapping.of(Samples.TABLE);
    private static final Mapping QUEUE = Mapping.of(Samples.QUEUE);
    private static final byte[] NO_TEXT = {(byte) 0xFF, '{', '}'};

    private static boolean lets(Mapping mapping, ConsumerRecord<byte[], byte[]> record, String... patterns) {
        var quoted = Stream.of(patterns).map(Samples::quoted).toArray(String[]::new);
        return RecordFilters.of(mapping.filtered(quoted).record()).lets(record);
    }

    private static boolean lets(Mapping mapping, String value, String... patterns) {
        return lets(mapping, mapping.given(5, "k", quoted(value)), patterns);
    }

    @Test
    void withoutPatternsEverythingPasses() {
        assertThat(RecordFilters.of(QUEUE.record())).isSameAs(RecordFilter.EVERYTHING);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ['a','b']                                      | 'b'                    | true
            ['a','b']                                      | 'c'                    | false
            ['a']                                          | 'A'                    | false
            ['a']                                          | ['x','a']              | true
            ['a']                                          | ['x','y']              | false
            ['a']                                          | {'x':'a'}              | false
            ['']                                           | ''                     | true
            ['']                                           | null                   | false
            [null]                                         | null                   | true
            [null]                                         | 'null'                 | false
            [true]                                         | true                   | true
            [true]                                         | 'true'                 | false
            [300]                                          | 300                    | true
            [300]                                          | 300.0                  | true
            [300]                                          | 3.0e2                  | true
            [300]                                          | '300'                  | false
            ['300']                                        | 300                    | false
            [9007199254740993]                             | 9007199254740992       | false
            [{'numeric':['=',3.018e2]}]                    | 301.8                  | true
            [{'numeric':['>',100]}]                        | 101                    | true
            [{'numeric':['>',100]}]                        | 100                    | false
            [{'numeric':['>',100]}]                        | '101'                  | false
            [{'numeric':['>=',100]}]                       | 100                    | true
            [{'numeric':['<',0]}]                          | -0.5                   | true
            [{'numeric':['<=',0]}]                         | 1                      | false
            [{'numeric':['>',0,'<=',5]}]                   | 5                      | true
            [{'numeric':['>',0,'<=',5]}]                   | 0                      | false
            [{'exists':true}]                              | null                   | true
            [{'exists':true}]                              | {'x':1}                | false
            [{'exists':false}]                             | 1                      | false
            [{'exists':false}]                             | {'x':1}                | true
            [{'prefix':'ab'}]                              | 'abc'                  | true
            [{'prefix':'ab'}]                              | 'Abc'                  | false
            [{'prefix':{'equals-ignore-case':'aB'}}]       | 'Abc'                  | true
            [{'suffix':'.png'}]                            | 'x.png'                | true
            [{'suffix':'.png'}]                            | 'x.PNG'                | false
            [{'suffix':{'equals-ignore-case':'.png'}}]     | 'x.PNG'                | true
            [{'equals-ignore-case':'Ab'}]                  | 'aB'                   | true
            [{'equals-ignore-case':'Ab'}]                  | 'aBc'                  | false
            [{'wildcard':'a*c'}]                           | 'abbbc'                | true
            [{'wildcard':'a*c'}]                           | 'abd'                  | false
            [{'anything-but':'a'}]                         | 'b'                    | true
            [{'anything-but':'a'}]                         | 'a'                    | false
            [{'anything-but':['a','b']}]                   | 'b'                    | false
            [{'anything-but':300}]                         | 300.0                  | false
            [{'anything-but':[1,2]}]                       | 3                      | true
            [{'anything-but':{'prefix':'a'}}]              | 'ab'                   | false
            [{'anything-but':{'suffix':['a','b']}}]        | 'ab'                   | false
            [{'anything-but':{'equals-ignore-case':'A'}}]  | 'a'                    | false
            [{'anything-but':{'wildcard':'*a*'}}]          | 'bcd'                  | true
            [{'cidr':'10.0.0.0/24'}]                       | '10.0.0.255'           | true
            [{'cidr':'10.0.0.0/24'}]                       | '10.0.1.0'             | false
            [{'cidr':'2001:db8::/32'}]                     | '2001:db8::1'          | true
            ['a',{'prefix':'b'},{'numeric':['<',0]}]       | -1                     | true
            {'x':{'y':['z']}}                              | {'x':{'y':'z'}}        | true
            {'x':{'y':['z']}}                              | {'x':[{'y':'z'}]}      | true
            {'x':[1],'y':[2]}                              | [{'x':1,'y':3},{'x':4,'y':2}] | false
            {'$or':[{'x':[1]},{'y':[2]}]}                  | {'x':3,'y':2}          | true
            {'$or':[{'x':[1]},{'y':[2]}]}                  | {'x':2,'y':1}          | false
            """)
    void operatorsMeanWhatTheyDoForLambda(String pattern, String field, boolean passes) {
        assertThat(lets(QUEUE, "{'f':" + field + "}", "{'body':{'f':" + pattern + "}}"))
                .isEqualTo(passes);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'body':{'f':[{'exists':false}]}}                 | true
            {'body':{'f':[null]}}                             | false
            {'body':{'f':[{'anything-but':'a'}]}}             | false
            {'body':{'g':[1],'h':[2]}}                        | true
            {'body':{'g':[1],'h':[3]}}                        | false
            {'$or':[{'body':{'g':[7]}},{'body':{'h':[2]}}]}   | true
            {'body':{'$or':[{'g':[7]},{'h':[7]}]}}            | false
            {'body.g':[1]}                                    | true
            """)
    void fieldsAreAllToMatch(String pattern, boolean passes) {
        assertThat(lets(QUEUE, "{'g':1,'h':2}", pattern)).isEqualTo(passes);
    }

    @Test
    void onePatternOfSeveralIsEnough() {
        assertThat(lets(QUEUE, "{'g':1}", "{'body':{'g':[2]}}", "{'body':{'g':[1]}}"))
                .isTrue();
        assertThat(lets(QUEUE, "{'g':3}", "{'body':{'g':[2]}}", "{'body':{'g':[1]}}"))
                .isFalse();
        assertThat(lets(QUEUE, "text", "{'body':{'g':[2]}}", "{'body':['text']}"))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            queue   | body  | text                  | text         | true
            queue   | body  | text                  | other        | false
            queue   | body  | none                  | text         | true
            queue   | body  | object                | text         | false
            queue   | body  | absence in an object  | text         | false
            queue   | body  | text                  | {'a':1}      | false
            queue   | body  | presence              | {'a':1}      | false
            queue   | body  | absence               | {'a':1}      | false
            queue   | body  | none                  | {'a':1}      | true
            queue   | body  | object                | {'a':1}      | true
            queue   | body  | object                | [{'a':1}]    | true
            queue   | body  | presence              | 17           | true
            queue   | body  | object                | {'a':1       | false
            queue   | body  | object                | {'a':1} {}   | false
            kafka   | value | text                  | text         | true
            kafka   | value | none                  | text         | true
            kafka   | value | object                | text         | false
            kafka   | value | absence in an object  | text         | false
            kafka   | value | text                  | {'a':1}      | false
            kafka   | value | none                  | {'a':1}      | true
            kafka   | value | object                | {'a':1}      | true
            kinesis | data  | none                  | text         | true
            kinesis | data  | object                | text         | false
            kinesis | data  | absence in an object  | text         | false
            kinesis | data  | none                  | {'a':1}      | true
            kinesis | data  | object                | {'a':1}      | true
            """)
    void dataOfTheOtherKindAreDropped(String source, String key, String pattern, String value, boolean passes) {
        var mapping = mapping(source);
        var data = switch (pattern) {
            case "text" -> "'" + key + "':['text'],";
            case "object" -> "'" + key + "':{'a':[1]},";
            case "presence" -> "'" + key + "':[{'exists':true}],";
            case "absence" -> "'" + key + "':[{'exists':false}],";
            case "absence in an object" -> "'" + key + "':{'x':[{'exists':false}]},";
            default -> "";
        };
        var metadata = source.equals("kafka") ? "'partition':[0]" : "'awsRegion':['us-east-2']";

        assertThat(lets(mapping, value, "{" + data + metadata + "}")).isEqualTo(passes);
    }

    private static Mapping mapping(String source) {
        return switch (source) {
            case "queue" -> QUEUE;
            case "kafka" -> KAFKA;
            case "kinesis" -> KINESIS;
            default -> TABLE;
        };
    }

    @Test
    void whatIsNoTextIsDroppedByStreams() {
        for (var pattern : new String[] {"{'data':{'a':[1]}}", "{'awsRegion':['us-east-2']}"}) {
            assertThat(lets(KINESIS, Samples.of("s", 0, 5, null, NO_TEXT), pattern))
                    .isFalse();
        }
        for (var pattern : new String[] {"{'dynamodb':{'Keys':{'a':[1]}}}", "{'awsRegion':['us-east-2']}"}) {
            assertThat(lets(TABLE, Samples.of("t", 0, 5, null, NO_TEXT), pattern))
                    .isFalse();
        }
    }

    @Test
    void ofKafkaRecordsThatAreNoTextTheRestCounts() {
        var record = Samples.of("mytopic", 0, 5, "k".getBytes(UTF_8), NO_TEXT);

        assertThat(lets(KAFKA, record, "{'value':{'a':[1]}}")).isTrue();
        assertThat(lets(KAFKA, record, "{'value':['text']}")).isTrue();
        assertThat(lets(KAFKA, record, "{'value':['text'],'partition':[0],'key':['k']}"))
                .isTrue();
        assertThat(lets(KAFKA, record, "{'value':['text'],'partition':[1]}")).isFalse();
        assertThat(lets(KAFKA, record, "{'value':['text'],'key':['other']}")).isFalse();
    }

    @Test
    void ofMessagesThatAreNoTextTheRestIsRead() {
        var record = Samples.of("q", 0, 5, null, NO_TEXT);

        assertThat(lets(QUEUE, record, "{'body':[{'suffix':'{}'}]}")).isTrue();
        assertThat(lets(QUEUE, record, "{'body':{'a':[1]}}")).isFalse();
    }

    @Test
    void aTombstoneHasNoValue() {
        var tombstone = KAFKA.given(5, "k", null);

        assertThat(lets(KAFKA, tombstone, "{'key':['k']}")).isTrue();
        assertThat(lets(KAFKA, tombstone, "{'value':{'a':[1]}}")).isFalse();
        assertThat(lets(KAFKA, tombstone, "{'value':[{'exists':false}]}")).isTrue();
        assertThat(lets(QUEUE, QUEUE.given(5, null, null), "{'body':['']}")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            kafka   | {'topic':['mytopic'],'partition':[0],'offset':[{'numeric':['>=',5]}]}        | true
            kafka   | {'key':['k'],'value':{'Keys':{'a':{'S':['x']}}}}                             | true
            kafka   | {'key':['other'],'value':{'Keys':{'a':{'S':['x']}}}}                         | false
            kafka   | {'headers':{'h':[104]}}                                                      | true
            kafka   | {'timestampType':['LOG_APPEND_TIME']}                                        | false
            kinesis | {'partitionKey':['k'],'data':{'Keys':{'a':{'S':[{'prefix':'x'}]}}}}          | true
            kinesis | {'partitionKey':['other']}                                                   | false
            kinesis | {'eventName':['aws:kinesis:record'],'eventID':[{'prefix':'shardId-'}]}       | true
            kinesis | {'kinesis':{'data':[{'exists':true}]}}                                       | false
            table   | {'eventName':['MODIFY'],'dynamodb':{'Keys':{'a':{'S':['x']}}}}               | true
            table   | {'eventName':['INSERT']}                                                     | false
            table   | {'dynamodb':{'NewImage':{'n':{'N':[{'exists':false}]}}}}                     | true
            table   | {'dynamodb':{'SequenceNumber':[{'prefix':'49'}]}}                            | true
            queue   | {'messageAttributes':{'h':{'stringValue':['h']}}}                            | true
            queue   | {'eventSource':['aws:sqs'],'attributes':{'SentTimestamp':['1545084650987']}} | true
            queue   | {'eventSourceARN':[{'suffix':':other'}]}                                     | false
            """)
    void patternsSeeWhatFunctionsSee(String source, String pattern, boolean passes) {
        var mapping = mapping(source);
        var record = mapping.given(5, "k", quoted("{'Keys':{'a':{'S':'x'}}}"));
        record.headers().add("h", "h".getBytes(UTF_8));

        assertThat(lets(mapping, record, pattern)).isEqualTo(passes);
    }

    @Test
    void whatIsNoStreamRecordOfATableCountsAsText() {
        for (var value : new String[] {"text", "{}", "[1]"}) {
            assertThat(lets(TABLE, value, "{'dynamodb':{'Keys':{'a':[{'exists':false}]}}}"))
                    .isFalse();
            assertThat(lets(TABLE, value, "{'eventSource':['aws:dynamodb']}")).isTrue();
            assertThat(lets(TABLE, value, "{'eventName':['MODIFY']}")).isFalse();
        }
        assertThat(lets(TABLE, TABLE.given(5, "k", null), "{'dynamodb':{'Keys':{'a':[1]}}}"))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "text",
                "'text'",
                "{}",
                "{'body':'x'}",
                "{'body':[]}",
                "{'body':{}}",
                "{'body':[{'unknown':1}]}",
                "{'body':[{'wildcard':'a**b'}]}"
            })
    void whatIsNoPatternIsRefused(String pattern) {
        assertThatThrownBy(() -> lets(QUEUE, "x", pattern)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void streamsTakeNoPatternsForText() {
        assertThatThrownBy(() -> lets(KINESIS, "x", "{'data':['x']}")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> lets(TABLE, "x", "{'dynamodb':['x']}")).isInstanceOf(IllegalArgumentException.class);
    }
}
