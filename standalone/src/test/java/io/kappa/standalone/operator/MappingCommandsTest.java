package io.kappa.standalone.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MappingCommandsTest {
    private static final String UUID = "7f3a0c5e-0000-4000-8000-000000000001";
    private static final String MAPPING = """
            "uuid": "%s", "function": "arn:aws:lambda:us-east-1:000000000000:function:ship:prod",
            "source": "b-1:9092,b-2:9092", "topics": ["orders", "returns"], "consumerGroup": "shippers",
            "enabled": true, "state": "Enabled", "stateReason": "User action", "lastModified": "2026-01-31T11:00:00Z",
            "lastProcessingResult": "PROBLEM: Function call failed", "batchSize": 100, "shardsHere": 2, "retrying": 1,
            "throttled": 0""".formatted(UUID);
    private static final String SKIP = """
            {"id": "s", "topic": "orders", "partition": 3, "from": 7, "to": %d, "action": "%s", "reason": "",
             "by": "sre", "at": "2026-01-31T11:59:00Z", "readHere": %b}""";

    private final FakeApi api = new FakeApi();
    private final OperatorConsole console = new OperatorConsole(api.url());

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void listShowsEachMappingWithItsShardsInTrouble() {
        // given
        api.answers("{\"mappings\": [{" + MAPPING + "}]}");
        // when
        assertThat(console.run("mappings", "list")).isZero();
        // then
        assertThat(api.requests()).containsExactly("GET /v1/event-source-mappings");
        assertThat(console.out().lines())
                .containsExactly(
                        "  uuid                                   function    topics            state     shards here"
                                + "   retrying   throttled   last result",
                        "  " + UUID + "   ship:prod   orders, returns   Enabled             2"
                                + "          1           0   PROBLEM: Function call failed");
    }

    @Test
    void noMappingsAreSaidInOneLine() {
        api.answers("{\"mappings\": []}");
        assertThat(console.run("mappings", "list")).isZero();
        assertThat(console.out().lines()).containsExactly("There are no event source mappings.");
    }

    @Test
    void showTellsWhereAndWhyAShardStandsStillAndWhatWasDoneAboutIt() {
        // given
        api.answers("{" + MAPPING + """
                , "shards": [
                  {"topic": "orders", "partition": 3, "position": 7, "read": 30, "waiting": 23, "running": 0,
                   "state": "RETRYING", "record": 7, "attempts": 4, "nextTry": "2026-01-31T12:00:08Z",
                   "lastFailure": {"executedVersion": "3", "functionError": true, "errorType": "ValueError",
                     "errorMessage": "no\\naddress"}},
                  {"topic": "returns", "partition": 0, "position": 5, "read": 5, "waiting": 0, "running": 0,
                   "state": "POLLING", "attempts": 0}],
                "skips": [""" + SKIP.formatted(9, "PARK", true) + "]}");
        // when
        assertThat(console.run("mappings", "show", UUID)).isZero();
        // then
        assertThat(api.requests()).containsExactly("GET /v1/event-source-mappings/" + UUID);
        assertThat(console.out().lines())
                .contains(
                        "  source           b-1:9092,b-2:9092",
                        "  since            2026-01-31T11:00:00Z (1h 0m ago)",
                        "  shard       state      position   read   waiting   running   record   attempts   next try"
                                + "   last failure",
                        "  orders-3    RETRYING          7     30        23         0        7          4   in 8s   "
                                + "   ValueError: no address",
                        "  returns-0   POLLING           5      5         0         0   -               0   -       "
                                + "   -",
                        "  asked   by    shard      records   action   reason",
                        "  1m 0s   sre   orders-3    7 to 8   PARK     -");
    }

    @Test
    void aStandardQueueIsShownByItsMessagesAndBatches() {
        // given
        var queue =
                MAPPING + ", \"queue\": {\"held\": 40, \"hidden\": 10, \"leaving\": 1, \"running\": 3, \"waiting\": 4,"
                        + " \"delayed\": 2, \"limit\": 5, \"throttled\": true}";
        api.answers("{" + queue + "}").answers("{\"mappings\": [{" + queue + "}]}");
        // when
        assertThat(console.run("mappings", "show", UUID)).isZero();
        assertThat(console.run("mappings", "list")).isZero();
        // then
        assertThat(console.out().lines())
                .contains("  messages held       40", "  batches running     3", "  throttled           yes")
                .anyMatch(line -> line.contains("Enabled   -             -          yes"));
    }

    @Test
    void aMappingThatNobodyReadsHereSaysSo() {
        api.answers("{" + MAPPING + ", \"shards\": [], \"skips\": []}");
        assertThat(console.run("mappings", "show", UUID)).isZero();
        assertThat(console.out()).contains("This process reads no shard of it.");
    }

    @Test
    void theBeginningOfAUuidIsEnoughWhereItNamesOne() {
        // given
        api.answers("{\"mappings\": [{\"uuid\": \"" + UUID + "\"}, {\"uuid\": \"8f3a0c5e\"}]}")
                .answers("{" + MAPPING + "}");
        // when
        assertThat(console.run("mappings", "show", "7F3")).isZero();
        // then
        assertThat(api.requests())
                .containsExactly("GET /v1/event-source-mappings", "GET /v1/event-source-mappings/" + UUID);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            7 | 2 event source mappings begin with 7: 7a, 7b
            9 | no event source mapping begins with 9
            """)
    void aBeginningThatNamesNoneOrSeveralDoesNothing(String beginning, String why) {
        api.answers("{\"mappings\": [{\"uuid\": \"7a\"}, {\"uuid\": \"7b\"}]}");
        assertThat(console.run("mappings", "pause", beginning, "--endpoint", api.url()))
                .isEqualTo(1);
        assertThat(console.err().lines()).containsExactly("kappa: " + why);
        assertThat(api.requests()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            pause  | false | Disabling | will be paused once what runs has come to its end
            pause  | false | Disabled  | is paused
            resume | true  | Enabling  | will be read again
            resume | true  | Updating  | is read
            """)
    void pausingAndResumingAreChangesThatTheLambdaApiMakes(String command, boolean enabled, String state, String then) {
        // given
        api.answers(202, "{\"UUID\": \"%s\", \"State\": \"%s\"}".formatted(UUID, state));
        // when
        assertThat(console.run("mappings", command, UUID, "--endpoint", api.url()))
                .as(console.err())
                .isZero();
        // then
        assertThat(api.requests())
                .containsExactly("PUT /2015-03-31/event-source-mappings/" + UUID + " {\"Enabled\":" + enabled + "}");
        assertThat(console.out().lines()).containsExactly("Mapping " + UUID + " " + then + ".");
    }

    @Test
    void aRefusalOfTheLambdaApiIsItsMessage() {
        api.answers(400, "{\"Type\": \"User\", \"Message\": \"it is in use.\"}");
        assertThat(console.run("mappings", "pause", UUID, "--endpoint", api.url()))
                .isEqualTo(1);
        assertThat(console.err().lines()).containsExactly("kappa: it is in use.");
    }

    @Test
    void anEndpointWhereNobodyIsIsNamedWithTheOptionThatTellsIt() {
        var gone = new FakeApi();
        gone.close();
        assertThat(console.run("mappings", "resume", UUID, "--endpoint", gone.url()))
                .isEqualTo(1);
        assertThat(console.err().lines())
                .containsExactly("kappa: nothing answers at " + gone.url()
                        + "; is the platform running, or is --endpoint elsewhere?");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            --offset 7 | {"from":7,"action":"PARK"} | 8 | PARK | true | Record 7 of orders-3 will be passed over and kept as a dead letter.
            --offset 7 --to 10 --topic orders --reason stale | {"from":7,"to":10,"topic":"orders","action":"PARK","reason":"stale"} | 10 | PARK | true | Records 7 to 9 of orders-3 will be passed over and kept as dead letters.
            --offset 7 --drop | {"from":7,"action":"DROP"} | 8 | DROP | false | Record 7 of orders-3 will be dropped. This process does not read that shard now: whoever does acts on it.
            --offset 7 --to 2000007 --yes | {"from":7,"to":2000007,"action":"PARK","confirm":true} | 2000007 | PARK | true | Records 7 to 2000006 of orders-3 will be passed over and kept as dead letters.
            """)
    void aSkipIsRecordedWithWhoAskedAndAnsweredInASentence(
            String arguments, String body, long to, String action, boolean readHere, String sentence) throws Exception {
        // given
        api.answers(202, SKIP.formatted(to, action, readHere));
        // when
        assertThat(console.run(("mappings skip " + UUID + " --partition 3 " + arguments).split(" ")))
                .as(console.err())
                .isZero();
        // then
        var request = api.requests().getFirst();
        assertThat(request).startsWith("POST /v1/event-source-mappings/" + UUID + "/skip ");
        var mapper = new ObjectMapper();
        var sent = mapper.readTree(request.substring(request.indexOf('{')));
        assertThat(sent.path("by").asText()).isEqualTo("sre");
        assertThat(sent.path("partition").asInt()).isEqualTo(3);
        mapper.readTree(body)
                .properties()
                .forEach(member -> assertThat(sent.path(member.getKey())).isEqualTo(member.getValue()));
        assertThat(sent).hasSize(2 + mapper.readTree(body).size());
        assertThat(console.out().lines()).containsExactly(sentence);
    }

    @Test
    void aMillionRecordsAreNotPassedOverByASlipOfTheHand() {
        assertThat(console.run("mappings", "skip", UUID, "--partition", "3", "--offset", "0", "--to", "1000001"))
                .isEqualTo(2);
        assertThat(console.err().lines())
                .containsExactly("kappa: this would pass over 1000001 records of partition 3; --yes does it");
        assertThat(api.requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            show                               | Missing required parameter: 'UUID'
            skip x --offset 7                  | Missing required option: '--partition=N'
            skip x --partition 3               | Missing required option: '--offset=X'
            skip x --partition 3 --offset 7 --to 7 | --to is the offset after the last record
            skip x --partition 3 --offset last | Invalid value for option '--offset'
            pause 7f3a0c5e-0000-4000-8000-000000000001 --endpoint localhost | --endpoint is no URL such as http://127.0.0.1:9000: 'localhost'
            """)
    void wrongArgumentsAreStatusTwoAndAskNothing(String arguments, String why) {
        assertThat(console.run(("mappings " + arguments).split(" "))).isEqualTo(2);
        assertThat(console.err()).contains(why);
        assertThat(api.requests()).isEmpty();
    }
}
