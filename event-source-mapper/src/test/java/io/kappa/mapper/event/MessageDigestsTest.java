package io.kappa.mapper.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.mapper.event.MessageDigests.Attribute;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MessageDigestsTest {
    @Test
    void attributesAreDigestedAsSqsDoes() {
        assertThat(MessageDigests.md5(
                        new TreeMap<>(Map.of("timestamp", new Attribute("Number", "1493147359900".getBytes(UTF_8))))))
                .isEqualTo("235c5c510d26fb653d073faed50ae77c");
    }

    @Test
    void bodiesAreDigestedAsSqsDoes() {
        assertThat(MessageDigests.md5("Test message.".getBytes(UTF_8))).isEqualTo("e4e68fb7bd0e697a0ae8f1bb342846b3");
    }
}
