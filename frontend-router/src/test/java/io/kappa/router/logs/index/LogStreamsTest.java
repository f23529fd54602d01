package io.kappa.router.logs.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.log.LogStreamRecord;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogStreamsTest {
    private static final VersionArn VERSION =
            VersionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:greet:$LATEST");

    private final LogStreams streams = new LogStreams(20);

    private static LogStreamRecord stream(String group, String name, long offset, long time) {
        return new LogStreamRecord(
                1, VERSION, group, name, time, 2, offset, offset + 5, time, time + 10, time + 20, 100, false);
    }

    private void read(LogStreamRecord stream) {
        streams.read(stream.logStream(), RecordCodec.of(LogStreamRecord.class).encode(stream));
    }

    @Test
    void groupsAreWhatTheirStreamsHaveInCommon() {
        read(stream("/b", "one", 0, 1000));
        read(stream("/b", "two", 0, 500));
        read(stream("/a", "three", 0, 700));

        assertThat(streams.groupsAfter("")).containsExactly(new LogGroup("/a", 700, 100), new LogGroup("/b", 500, 200));
        assertThat(streams.groupsAfter("/a")).extracting(LogGroup::name).containsExactly("/b");
        assertThat(streams.streams("/b")).extracting(LogStream::name).containsExactly("one", "two");
        assertThat(streams.streams("/c")).isEmpty();
        assertThat(streams.hasGroup("/c")).isFalse();
    }

    @Test
    void whatIsToldLastOfAStreamCounts() {
        read(stream("/a", "one", 0, 1000));
        read(stream("/a", "one", 0, 2000));

        assertThat(streams.count()).isEqualTo(1);
        assertThat(streams.stream("/a", "one").orElseThrow().lastTime()).isEqualTo(2010);
    }

    @Test
    void streamsGoOnceAllOfTheirLinesAreGone() {
        read(stream("/a", "old", 0, 1000));
        read(stream("/b", "newer", 5, 1000));

        streams.trim(Map.of(2, 6L, 1, 1000L));

        assertThat(streams.hasGroup("/a")).isFalse();
        assertThat(streams.stream("/b", "newer").orElseThrow().firstOffset()).isEqualTo(6);
        assertThat(streams.count()).isEqualTo(1);
        assertThat(streams.forgotten()).isZero();
    }

    @Test
    void ofTooManyThoseAreForgottenWhoseLastLineIsTheOldest() {
        for (int i = 0; i < 20; i++) {
            read(stream("/a", "stream-" + i, i, 1000 - i));
        }
        assertThat(streams.forgotten()).isZero();

        read(stream("/a", "one more", 0, 2000));

        assertThat(streams.count()).isEqualTo(19);
        assertThat(streams.forgotten()).isEqualTo(2);
        assertThat(streams.stream("/a", "stream-19")).isEmpty();
        assertThat(streams.stream("/a", "stream-18")).isEmpty();
        assertThat(streams.stream("/a", "stream-17")).isPresent();
        assertThat(streams.stream("/a", "one more")).isPresent();
    }

    @Test
    void aRecordThatIsNoStreamIsPassedOver() {
        streams.read("x", "?".getBytes(StandardCharsets.UTF_8));
        streams.read("x", null);
        assertThat(streams.count()).isZero();
    }

    @Test
    void aStreamThatHasNotEndedMayHaveLinesThatAreNotKnownYet() {
        read(stream("/a", "one", 0, 1000));
        var open = streams.stream("/a", "one").orElseThrow();

        assertThat(open.mayHaveLines(0, 999)).isFalse();
        assertThat(open.mayHaveLines(0, 1000)).isTrue();
        assertThat(open.mayHaveLines(1010, 5000)).isTrue();
        assertThat(open.mayHaveLines(6020, 9000)).isTrue();
        assertThat(open.mayHaveLines(6021, 9000)).isFalse();
    }
}
