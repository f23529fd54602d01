package io.kappa.contracts.eventsource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.contracts.eventsource.MappingReport.Reached;
import io.kappa.contracts.json.RecordCodec;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The bytes here lie in people's topics: a test that fails says that they could no longer be read. Add to them, never change them. */
class MappingTopicsTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00.123Z");
    private static final MappingId MAPPING =
            new MappingId("us-east-1", "111111111111", "14e0db71-5d35-4eb5-b481-8945cf9d10c2");
    private static final String REPORT_V1 = """
            {"v":1,"mapping":"arn:aws:lambda:us-east-1:111111111111:event-source-mapping:14e0db71-5d35-4eb5-b481-8945cf9d10c2",\
            "revision":3,"at":"2026-11-20T12:00:00.123Z","reached":"BROKEN","reason":"No such topic",\
            "lastProcessingResult":"OK"}""";
    private static final String RESULT_V1 = """
            {"v":1,"mapping":"arn:aws:lambda:us-east-1:111111111111:event-source-mapping:14e0db71-5d35-4eb5-b481-8945cf9d10c2",\
            "revision":3,"at":"2026-11-20T12:00:00.123Z","lastProcessingResult":"PROBLEM: Function call failed"}""";
    private static final String SKIP_V1 = """
            {"v":1,"id":"s1","mapping":"14e0db71-5d35-4eb5-b481-8945cf9d10c2","topic":"orders","partition":2,"from":7,"to":9,\
            "action":"PARK","reason":"poisoned","at":"2026-11-20T12:00:00.123Z"}""";

    private final RecordCodec<MappingReport> reports = RecordCodec.of(MappingReport.class);
    private final RecordCodec<SkipCommand> skips = RecordCodec.of(SkipCommand.class);

    @Test
    void reportsAreWrittenByteForByteAndReadAgain() {
        var report = new MappingReport(MAPPING, 3, NOON, Reached.BROKEN, "No such topic", "OK");

        assertThat(reports.encode(report)).asString(UTF_8).isEqualTo(REPORT_V1);
        assertThat(reports.decode(REPORT_V1.getBytes(UTF_8))).isEqualTo(report);
        assertThat(reports.decode(
                        REPORT_V1.replaceFirst("\\{", "{\"colour\":[1],").getBytes(UTF_8)))
                .isEqualTo(report);
    }

    @Test
    void whatAReportDoesNotSayIsLeftOut() {
        var result = new MappingReport(MAPPING, 3, NOON, null, null, MappingReport.FUNCTION_CALL_FAILED);

        assertThat(reports.encode(result)).asString(UTF_8).isEqualTo(RESULT_V1);
        assertThat(reports.decode(RESULT_V1.getBytes(UTF_8))).isEqualTo(result);
    }

    @Test
    void skipsAreWrittenByteForByteAndReadAgain() {
        var skip = new SkipCommand("s1", MAPPING.uuid(), "orders", 2, 7, 9, SkipCommand.Action.PARK, "poisoned", NOON);

        assertThat(skips.encode(skip)).asString(UTF_8).isEqualTo(SKIP_V1);
        assertThat(skips.decode(SKIP_V1.getBytes(UTF_8))).isEqualTo(skip);
        assertThat(skips.decode(SKIP_V1.replaceFirst("\\{", "{\"colour\":[1],").getBytes(UTF_8)))
                .isEqualTo(skip);
    }

    @Test
    void aSkipCoversItsRecordsAndNoOthers() {
        var skip = new SkipCommand("s1", MAPPING.uuid(), "orders", 2, 7, 9, SkipCommand.Action.DROP, "", NOON);

        assertThat(skip.covers("orders", 2, 7)).isTrue();
        assertThat(skip.covers("orders", 2, 8)).isTrue();
        assertThat(skip.covers("orders", 2, 6)).isFalse();
        assertThat(skip.covers("orders", 2, 9)).isFalse();
        assertThat(skip.covers("orders", 1, 7)).isFalse();
        assertThat(skip.covers("bills", 2, 7)).isFalse();
    }

    @Test
    void aSkipOfNothingCannotBe() {
        assertThatThrownBy(() ->
                        new SkipCommand("s1", MAPPING.uuid(), "orders", 2, 7, 7, SkipCommand.Action.DROP, "", NOON))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        new SkipCommand("s1", MAPPING.uuid(), "orders", 2, -1, 7, SkipCommand.Action.DROP, "", NOON))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
