package io.kappa.standalone.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueueCommandsTest {
    private static final String HELLO = "arn:aws:lambda:us-east-1:000000000000:function:hello";
    private static final String HELLO_IN_A_QUERY = HELLO.replace(":", "%3A");
    private static final String REQUEST = "7f3a0c5e-0000-4000-8000-000000000001";
    private static final String EVENT = """
            {"requestId": "%s", "function": "%s:prod", "accepted": "2026-01-31T11:56:48Z", "due": "2026-01-31T12:00:45Z",
             "runs": 1, "attempts": 3,
             "lastFailure": {"status": 200, "errorType": "ValueError", "errorMessage": "bad\\n\\u001b[31mthing"},
             "topic": "invocations.queued", "partition": 4, "offset": 17}""".formatted(REQUEST, HELLO);
    private static final String DONE = """
            {"id": "a", "kind": "%s", "selection": {"function": "%s"}, "asked": "2026-01-31T12:00:00Z", "by": "sre",
             "affected": %d, "finished": "2026-01-31T12:00:00Z"}""";

    private final FakeApi api = new FakeApi();
    private final OperatorConsole console = new OperatorConsole(api.url());

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void listShowsEachFunctionByItsShortestClearName() {
        // given
        api.answers("""
                {"queues": [
                  {"function": "%s", "waiting": 12, "due": 3, "running": 2, "held": false, "limit": 40,
                   "oldestAccepted": "2026-01-31T11:56:48Z", "oldestAgeSeconds": 192.5},
                  {"function": "arn:aws:lambda:eu-west-1:000000000000:function:bill:prod", "waiting": 0, "due": 0,
                   "running": 0, "held": true, "limit": 1}]}""".formatted(HELLO));
        // when
        assertThat(console.run("queue", "list")).isZero();
        // then
        assertThat(api.requests()).containsExactly("GET /v1/async-queue/queues");
        assertThat(console.out().lines())
                .containsExactly(
                        "  function                                                   waiting   due   running   held   limit   oldest",
                        "  hello                                                           12     3         2   no        40   3m 12s",
                        "  arn:aws:lambda:eu-west-1:000000000000:function:bill:prod         0     0         0   yes        1   -");
    }

    @Test
    void anEmptyQueueSaysSoInOneLine() {
        api.answers("{\"queues\": []}");
        assertThat(console.run("queue", "list")).isZero();
        assertThat(console.out().lines())
                .containsExactly("No function has anything waiting or running, and none is held.");
    }

    @Test
    void jsonIsWhatTheApiAnsweredWithNumbersAsTheyWere() throws Exception {
        // given
        var answer = "{\"queues\":[{\"function\":\"%s\",\"oldestAgeSeconds\":192.50,\"new\":[1]}]}".formatted(HELLO);
        api.answers(answer);
        // when
        assertThat(console.run("queue", "list", "--output", "json")).isZero();
        // then
        assertThat(console.out()).contains("192.50").hasLineCount(7);
        var mapper = new ObjectMapper();
        assertThat(mapper.readTree(console.out())).isEqualTo(mapper.readTree(answer));
    }

    @Test
    void theSummaryIsAFewFigures() {
        api.answers("""
                {"accepted": 20, "ended": 8, "pending": 12, "running": 2, "deliveries": 0, "shards": 8, "oldestAgeSeconds": 90061.0}
                """);
        assertThat(console.run("queue", "summary")).isZero();
        assertThat(api.requests()).containsExactly("GET /v1/async-queue/summary");
        assertThat(console.out().lines())
                .contains("  accepted, ever   20", "  pending          12", "  oldest           1d 1h");
    }

    @Test
    void eventsAskForWhatIsMeantAndShowItOnALineEach() {
        // given
        api.answers("{\"events\": [" + EVENT + "]}");
        // when
        assertThat(console.run(
                        "queue",
                        "events",
                        "--function",
                        "hello:prod",
                        "--error-type",
                        "Value Error",
                        "--min-runs",
                        "1",
                        "--before",
                        "2026-01-31T12:00:00Z"))
                .isZero();
        // then
        assertThat(api.requests())
                .containsExactly("GET /v1/async-queue/events?function=" + HELLO_IN_A_QUERY + "%3Aprod"
                        + "&errorType=Value+Error&leastRuns=1&acceptedBefore=2026-01-31T12%3A00%3A00Z&limit=50");
        assertThat(console.out().lines())
                .containsExactly(
                        "  request id                             function     age      due      runs   attempts   last failure",
                        "  " + REQUEST
                                + "   hello:prod   3m 12s   in 45s      1          3   ValueError: bad [31mthing");
    }

    @Test
    void allEventsArePagedThroughAndShownAsOneDocument() throws Exception {
        // given
        api.answers("{\"events\": [{\"requestId\": \"1\"}], \"cursor\": \"a/b\"}")
                .answers("{\"events\": [], \"cursor\": \"c\"}")
                .answers("{\"events\": [{\"requestId\": \"2\"}]}");
        // when
        assertThat(console.run("queue", "events", "--all", "--output", "json")).isZero();
        // then
        assertThat(api.requests())
                .containsExactly(
                        "GET /v1/async-queue/events?limit=200",
                        "GET /v1/async-queue/events?limit=200&cursor=a%2Fb",
                        "GET /v1/async-queue/events?limit=200&cursor=c");
        assertThat(new ObjectMapper().readTree(console.out()))
                .hasToString("{\"events\":[{\"requestId\":\"1\"},{\"requestId\":\"2\"}]}");
    }

    @Test
    void aLimitEndsPagingAndTheTableSaysThatThereIsMore() {
        // given
        api.answers("{\"events\": [{\"requestId\": \"1\"}], \"cursor\": \"a\"}")
                .answers("{\"events\": [{\"requestId\": \"2\"}], \"cursor\": \"b\"}");
        // when
        assertThat(console.run("queue", "events", "--limit", "2")).isZero();
        // then
        assertThat(api.requests())
                .containsExactly("GET /v1/async-queue/events?limit=2", "GET /v1/async-queue/events?limit=1&cursor=a");
        assertThat(console.out().lines()).hasSize(4).last().isEqualTo("There are more: --limit N or --all shows them.");
    }

    @Test
    void showTellsEverythingOfOneEvent() {
        api.answers(EVENT);
        assertThat(console.run("queue", "show", REQUEST, "--function", "hello:prod"))
                .isZero();
        assertThat(api.requests())
                .containsExactly("GET /v1/async-queue/events/" + REQUEST + "?function=" + HELLO_IN_A_QUERY + "%3Aprod");
        assertThat(console.out().lines())
                .contains(
                        "  accepted          2026-01-31T11:56:48Z (3m 12s ago)",
                        "  last error type   ValueError",
                        "  kept in           invocations.queued, partition 4, offset 17");
    }

    @Test
    void aPayloadIsHandedOnByteByByte() {
        var payload = new byte[] {'{', '}', (byte) 0xff, 0, '\n'};
        api.answers(200, payload);
        assertThat(console.run("queue", "show", REQUEST, "--payload")).isZero();
        assertThat(api.requests()).containsExactly("GET /v1/async-queue/events/" + REQUEST + "/payload");
        assertThat(console.bytes()).isEqualTo(payload);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            hold hello           | HOLD    | {} | Nothing more is started of hello until it is released.
            release hello        | RELEASE | {} | Released hello.
            run-now --function hello --min-runs 1 | RUN_NOW | {"leastRuns":1} | Made 3 events due.
            cancel --function hello --yes | CANCEL | {"confirm":true} | Cancelled 3 events.
            purge hello --yes    | PURGE   | {"confirm":true} | Cancelled 3 events.
            """)
    void anActionIsRecordedWithWhoAskedAndAnsweredInASentence(
            String arguments, String kind, String more, String sentence) throws Exception {
        // given
        api.answers(202, DONE.formatted(kind.equals("PURGE") ? "CANCEL" : kind, HELLO, 3));
        // when
        assertThat(console.run(("queue " + arguments).split(" ")))
                .as(console.err())
                .isZero();
        // then
        assertThat(console.out().lines()).containsExactly(sentence);
        var request = api.requests().getFirst();
        assertThat(request).startsWith("POST /v1/async-queue/actions ");
        var mapper = new ObjectMapper();
        var expected =
                mapper.createObjectNode().put("by", "sre").put("kind", kind).put("function", HELLO);
        expected.setAll((ObjectNode) mapper.readTree(more));
        assertThat(mapper.readTree(request.substring(request.indexOf('{')))).isEqualTo(expected);
    }

    @Test
    void oneEventIsCancelledWithoutAskingBack() {
        api.answers(202, DONE.formatted("CANCEL", HELLO, 1));
        assertThat(console.run("queue", "cancel", REQUEST)).isZero();
        assertThat(api.requests())
                .containsExactly("POST /v1/async-queue/actions {\"by\":\"sre\",\"kind\":\"CANCEL\",\"requestId\":\""
                        + REQUEST + "\"}");
        assertThat(console.out().lines()).containsExactly("Cancelled 1 event.");
    }

    @Test
    void anActionThatGoesOnSaysWhereToLook() {
        api.answers(202, """
                {"id": "a", "kind": "CANCEL", "selection": {"function": "%s"}, "asked": "2026-01-31T12:00:00Z", "affected": 7}
                """.formatted(HELLO));
        assertThat(console.run("queue", "purge", "hello", "--yes")).isZero();
        assertThat(console.out().lines())
                .containsExactly("Cancelled 7 events. Not every shard has done so yet: 'kappa queue actions' tells.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            purge hello:prod                | cancel every event that waits, of function hello:prod
            cancel --function hello --error-type Late | cancel every event that waits, of function hello, errorType Late
            """)
    void whatDestroysIsSaidAndNotDoneWithoutYes(String arguments, String what) {
        assertThat(console.run(("queue " + arguments).split(" "))).isEqualTo(2);
        assertThat(console.err().lines()).containsExactly("kappa: this would " + what + "; --yes does it");
        assertThat(api.requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            cancel --yes               | name a REQUEST_ID or a --function
            run-now --min-runs 2       | name a REQUEST_ID or a --function
            hold not:a:function        | not a function ARN
            events --limit 0           | --limit is from 1 to 50000
            events --min-runs often    | Invalid value for option '--min-runs'
            events --before yesterday  | Invalid value for option '--before'
            list --output xml          | Invalid value for option '--output'
            show                       | Missing required parameter: 'REQUEST_ID'
            """)
    void wrongArgumentsAreStatusTwoAndAskNothing(String arguments, String why) {
        assertThat(console.run(("queue " + arguments).split(" "))).isEqualTo(2);
        assertThat(console.err()).contains(why);
        assertThat(api.requests()).isEmpty();
    }

    @Test
    void actionsShowWhoDidWhat() {
        // given
        api.answers("{\"actions\": [" + DONE.formatted("HOLD", HELLO, 0) + """
                , {"id": "b", "kind": "CANCEL", "selection": {"function": "%s", "leastRuns": 2},
                   "asked": "2026-01-31T10:00:00Z", "affected": 5}]}""".formatted(HELLO));
        // when
        assertThat(console.run("queue", "actions")).isZero();
        // then
        assertThat(api.requests()).containsExactly("GET /v1/async-queue/actions");
        assertThat(console.out().lines())
                .containsExactly(
                        "  asked   action   by    of                            events   done",
                        "     0s   HOLD     sre   hello                              0   yes",
                        "  2h 0m   CANCEL   -     function hello, leastRuns 2        5   not everywhere yet");
    }
}
