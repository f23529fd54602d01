package io.kappa.standalone.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeadLetterCommandsTest {
    private static final String HELLO = "arn:aws:lambda:us-east-1:000000000000:function:hello";
    private static final String LETTER = """
            {"id": "d-1", "status": "OPEN", "changed": "2026-01-31T11:00:00Z", "origin": "ASYNC_QUEUE",
             "cause": "RETRIES_EXHAUSTED", "function": "%1$s", "target": "%1$s:prod", "requestId": "r-1",
             "errorType": "ValueError", "errorMessage": "%2$s", "attempts": 3,
             "accepted": "2026-01-31T10:00:00Z", "failed": "2026-01-31T11:00:00Z",
             "source": {"topic": "kappa.invocations.queued", "partition": 4, "offset": 17},
             "payload": {"topic": "kappa.dead-letters.records", "partition": 0, "offset": 5, "bytes": 12},
             "history": {"topic": "kappa.dead-letters.ledger", "key": "d-1"}}""".formatted(HELLO, "x".repeat(80));

    private final FakeApi api = new FakeApi();
    private final OperatorConsole console = new OperatorConsole(api.url());

    @AfterEach
    void close() {
        api.close();
    }

    /** @param figures matched, sent, outstanding, succeeded, failed again, skipped, failed, would send */
    private static String redrive(String state, int... figures) {
        return """
                {"id": "r-9", "state": "%s", "created": "2026-01-31T11:59:00Z", "by": "sre", "filter": {"function": "%s"},
                 "ratePerSecond": 10.0, "dryRun": false,
                 "progress": {"matching": false, "matched": %d, "pending": 0, "sent": %d, "outstanding": %d, "succeeded": %d,
                              "failedAgain": %d, "returned": 0, "skipped": %d, "failed": %d, "wouldSend": %d}}""".formatted(
                        state,
                        HELLO,
                        figures[0],
                        figures[1],
                        figures[2],
                        figures[3],
                        figures[4],
                        figures[5],
                        figures[6],
                        figures[7]);
    }

    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(text);
    }

    private JsonNode body(String request) throws Exception {
        var asked = api.requests().getFirst();
        assertThat(asked).startsWith(request + " {");
        return json(asked.substring(request.length()));
    }

    @Test
    void listAsksForWhatIsMeantAndCutsLongErrors() {
        // given
        api.answers("{\"deadLetters\": [" + LETTER + "]}");
        // when
        assertThat(console.run(
                        "dead-letters",
                        "list",
                        "--function",
                        "hello",
                        "--cause",
                        "RETRIES_EXHAUSTED",
                        "--origin",
                        "async-queue",
                        "--status",
                        "failed-again",
                        "--error-type",
                        "ValueError",
                        "--text",
                        "a&b",
                        "--after",
                        "2026-01-31T00:00:00Z",
                        "--before",
                        "2026-02-01T00:00:00Z",
                        "--limit",
                        "5"))
                .as(console.err())
                .isZero();
        // then
        assertThat(api.requests())
                .containsExactly("GET /v1/dead-letters?function=hello&cause=RETRIES_EXHAUSTED&origin=ASYNC_QUEUE"
                        + "&status=FAILED_AGAIN&errorType=ValueError&text=a%26b&after=2026-01-31T00%3A00%3A00Z"
                        + "&before=2026-02-01T00%3A00%3A00Z&limit=5");
        assertThat(console.out().lines())
                .containsExactly(
                        "  id    failed   function   cause               status   attempts   error",
                        "  d-1    1h 0m   hello      RETRIES_EXHAUSTED   OPEN            3   ValueError: "
                                + "x".repeat(45) + "...");
    }

    @Test
    void allArePagedThrough() {
        api.answers("{\"deadLetters\": [" + LETTER + "], \"cursor\": \"c\"}").answers("{\"deadLetters\": []}");
        assertThat(console.run("dead-letters", "list", "--all")).isZero();
        assertThat(api.requests())
                .containsExactly("GET /v1/dead-letters?limit=200", "GET /v1/dead-letters?limit=200&cursor=c");
        assertThat(console.out().lines()).hasSize(2);
    }

    @Test
    void noDeadLettersAreSaidInOneLine() {
        api.answers("{\"deadLetters\": []}")
                .answers("{\"counts\": {}, \"functions\": []}")
                .answers("{\"redrives\": []}");
        assertThat(console.run("dead-letters", "list")).isZero();
        assertThat(console.run("dead-letters", "counts")).isZero();
        assertThat(console.run("dead-letters", "redrives")).isZero();
        assertThat(console.out().lines())
                .containsExactly(
                        "No dead letter is like that.", "There are no dead letters.", "No redrive is remembered.");
    }

    @Test
    void countsAreByFunctionAndCauseWithASum() {
        var counts = "{\"total\": 4, \"open\": 2, \"redriving\": 1, \"resolved\": 0, \"failedAgain\": 1}";
        api.answers("""
                {"counts": %2$s, "functions": [{"function": "%1$s", "counts": %2$s, "causes": {"RETRIES_EXHAUSTED": %2$s}}]}
                """.formatted(HELLO, counts));
        assertThat(console.run("dead-letters", "counts")).isZero();
        assertThat(api.requests()).containsExactly("GET /v1/dead-letters/counts");
        assertThat(console.out().lines())
                .containsExactly(
                        "  function   cause               open   redriving   resolved   failed again   total",
                        "  hello      RETRIES_EXHAUSTED      2           1          0              1       4",
                        "  all                               2           1          0              1       4");
    }

    @Test
    void showTellsEverythingOrThePayloadAlone() {
        // given
        api.answers(LETTER).answers("{\"a\":1}");
        // when
        assertThat(console.run("dead-letters", "show", "d-1")).isZero();
        assertThat(console.run("dead-letters", "show", "d-1", "--payload")).isZero();
        // then
        assertThat(api.requests()).containsExactly("GET /v1/dead-letters/d-1", "GET /v1/dead-letters/d-1/payload");
        assertThat(console.out())
                .contains("  status          OPEN, since 2026-01-31T11:00:00Z (1h 0m ago)")
                .contains("  invoked as      hello:prod")
                .contains("  payload         12 bytes in kappa.dead-letters.records, partition 0, offset 5")
                .endsWith("\n{\"a\":1}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            delete d-1 d-2 --yes          | {"by":"sre","confirm":true,"ids":["d-1","d-2"]}
            delete --cause REFUSED --yes  | {"by":"sre","confirm":true,"filter":{"cause":"REFUSED"}}
            purge hello --yes             | {"by":"sre","confirm":true,"filter":{"function":"hello"}}
            """)
    void deletingNamesIdsOrAFilterAndConfirms(String arguments, String body) throws Exception {
        api.answers(202, "{\"action\": \"a\", \"deleted\": 2, \"complete\": true}");
        assertThat(console.run(("dead-letters " + arguments).split(" ")))
                .as(console.err())
                .isZero();
        assertThat(body("POST /v1/dead-letters/delete")).isEqualTo(json(body));
        assertThat(console.out().lines()).containsExactly("Deleted 2 dead letters.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            delete d-1                 | delete the dead letters of ids ["d-1"]
            delete --function hello    | delete the dead letters of function hello
            purge hello                | delete every dead letter of hello
            """)
    void whatDestroysIsSaidAndNotDoneWithoutYes(String arguments, String what) {
        assertThat(console.run(("dead-letters " + arguments).split(" "))).isEqualTo(2);
        assertThat(console.err().lines()).containsExactly("kappa: this would " + what + "; --yes does it");
        assertThat(api.requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            delete --yes                       | name IDs or a filter
            delete d-1 --cause REFUSED --yes   | name either IDs or a filter
            purge --yes                        | Missing required parameter: 'FUNCTION'
            purge hello:prod --yes             | leave out the qualifier 'prod'
            redrive                            | or say --everything
            redrive d-1 --patch {              | --patch is neither an array nor an object
            redrive d-1 --patch 7              | --patch is neither an array nor an object
            redrive d-1 --to not:a:function    | not a function ARN
            redrives --results                 | name its ID
            """)
    void wrongArgumentsAreStatusTwoAndAskNothing(String arguments, String why) {
        assertThat(console.run(("dead-letters " + arguments).split(" "))).isEqualTo(2);
        assertThat(console.err()).contains(why);
        assertThat(api.requests()).isEmpty();
    }

    @Test
    void aRedriveIsOrderedWithEverythingThatWasSaid() throws Exception {
        // given
        api.answers(202, redrive("RUNNING", 0, 0, 0, 0, 0, 0, 0, 0));
        // when
        assertThat(console.run(
                        "dead-letters",
                        "redrive",
                        "--function",
                        "hello",
                        "--rate",
                        "2.5",
                        "--to",
                        "mended",
                        "--qualifier",
                        "$LATEST",
                        "--maximum",
                        "7",
                        "--patch",
                        "[{\"op\":\"remove\",\"path\":\"/a\"}]"))
                .as(console.err())
                .isZero();
        // then
        assertThat(body("POST /v1/redrives")).isEqualTo(json("""
                {"by": "sre", "filter": {"function": "hello"}, "dryRun": false, "ratePerSecond": 2.5, "target": "%s",
                 "qualifier": "$LATEST", "maximum": 7, "edit": {"patch": [{"op": "remove", "path": "/a"}]}}
                """.formatted(HELLO.replace("hello", "mended"))));
        assertThat(console.out().lines())
                .contains("  dead letters     function hello")
                .last()
                .isEqualTo("'kappa dead-letters redrives r-9' tells how it goes on.");
        assertThat(console.pauses()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            redrive d-1 --patch {"a":null} | {"by":"sre","filter":{"ids":["d-1"]},"dryRun":false,"edit":{"merge":{"a":null}}}
            redrive --everything           | {"by":"sre","filter":{},"dryRun":false}
            """)
    void aRedriveIsOfIdsOrOfEverythingOnlyIfThatIsSaid(String arguments, String body) throws Exception {
        api.answers(202, redrive("RUNNING", 0, 0, 0, 0, 0, 0, 0, 0));
        assertThat(console.run(("dead-letters " + arguments).split(" ")))
                .as(console.err())
                .isZero();
        assertThat(body("POST /v1/redrives")).isEqualTo(json(body));
    }

    @Test
    void aDryRunWaitsForWhatItFindsOut() throws Exception {
        api.answers(202, redrive("RUNNING", 0, 0, 0, 0, 0, 0, 0, 0))
                .answers(redrive("COMPLETED", 3, 0, 0, 0, 0, 1, 0, 2));
        assertThat(console.run("dead-letters", "redrive", "--function", "hello", "--dry-run"))
                .isZero();
        assertThat(body("POST /v1/redrives").path("dryRun").asBoolean()).isTrue();
        assertThat(console.out().lines()).contains("  would be sent    2");
        assertThat(console.err()).contains("3 matched: 2 would be sent, 1 skipped");
    }

    @Test
    void waitingShowsEachChangeAndEndsWhenNothingIsOutstanding() {
        // given
        api.answers(202, redrive("RUNNING", 0, 0, 0, 0, 0, 0, 0, 0))
                .answers(redrive("RUNNING", 3, 2, 2, 0, 0, 0, 0, 0))
                .answers(redrive("RUNNING", 3, 2, 2, 0, 0, 0, 0, 0))
                .answers(redrive("COMPLETED", 3, 3, 1, 2, 0, 0, 0, 0))
                .answers(redrive("COMPLETED", 3, 3, 0, 3, 0, 0, 0, 0));
        // when
        assertThat(console.run("dead-letters", "redrive", "--function", "hello", "--wait", "--output", "json"))
                .isZero();
        // then
        assertThat(api.requests()).hasSize(5).element(1).isEqualTo("GET /v1/redrives/r-9");
        assertThat(console.pauses()).hasSize(4);
        assertThat(console.err().lines())
                .containsExactly(
                        "Redrive r-9",
                        "  0 matched",
                        "  3 matched: 2 sent, 2 outstanding",
                        "  3 matched: 3 sent, 1 outstanding, 2 succeeded",
                        "  3 matched: 3 sent, 3 succeeded");
        assertThat(console.out()).startsWith("{").contains("\"succeeded\" : 3");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            COMPLETED | 2 2 0 1 1 0 0 0 | 1 failed again
            COMPLETED | 2 1 0 1 0 0 1 0 | 1 could not be sent
            CANCELLED | 2 1 0 1 0 0 0 0 | the redrive was cancelled
            """)
    void waitingForWhatDoesNotComeOutRightIsStatusOne(String state, String figures, String why) {
        api.answers(
                202,
                redrive(
                        state,
                        Arrays.stream(figures.split(" "))
                                .mapToInt(Integer::parseInt)
                                .toArray()));
        assertThat(console.run("dead-letters", "redrive", "d-1", "--wait")).isEqualTo(1);
        assertThat(console.err().lines())
                .last()
                .isEqualTo("kappa: " + why + "; 'kappa dead-letters redrives r-9 --results' tells more");
        assertThat(console.out()).contains("  state            " + state);
    }

    @Test
    void redrivesAreShownTogetherOneByOneAndLetterByLetter() {
        // given
        api.answers("{\"redrives\": [" + redrive("RUNNING", 9, 4, 1, 2, 1, 2, 1, 0) + "]}")
                .answers(redrive("RUNNING", 9, 4, 1, 2, 1, 2, 1, 0))
                .answers("""
                        {"results": [{"deadLetter": "d-1", "result": "FAILED_AGAIN", "requestId": "q-1",
                                      "at": "2026-01-31T11:59:50Z", "ending": "RETRIES_EXHAUSTED", "errorType": "ValueError"},
                                     {"deadLetter": "d-2", "result": "SKIPPED", "reason": "deleted",
                                      "at": "2026-01-31T11:59:50Z"}]}""");
        // when
        assertThat(console.run("dead-letters", "redrives")).isZero();
        assertThat(console.run("dead-letters", "redrives", "r-9")).isZero();
        assertThat(console.run("dead-letters", "redrives", "r-9", "--results")).isZero();
        // then
        assertThat(api.requests())
                .containsExactly("GET /v1/redrives", "GET /v1/redrives/r-9", "GET /v1/redrives/r-9/results?limit=50");
        assertThat(console.out().lines())
                .contains(
                        "  r-9     1m 0s   sre   RUNNING         9      4             1           2              1          3",
                        "  failed again     1",
                        "  d-1           FAILED_AGAIN         10s   q-1          RETRIES_EXHAUSTED   ValueError",
                        "  d-2           SKIPPED              10s   -            -                   deleted");
    }

    @Test
    void aRedriveIsCancelled() {
        api.answers(202, redrive("CANCELLED", 9, 4, 1, 2, 1, 2, 1, 0));
        assertThat(console.run("dead-letters", "cancel-redrive", "r-9")).isZero();
        assertThat(api.requests()).containsExactly("POST /v1/redrives/r-9/cancel {\"by\":\"sre\"}");
    }
}
