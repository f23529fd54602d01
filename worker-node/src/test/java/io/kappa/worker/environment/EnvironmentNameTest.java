package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class EnvironmentNameTest {
    private static final Instant LATE = Instant.parse("2026-12-31T23:59:59Z");
    private static final VersionArn THREE = new VersionArn(Bench.VERSION.function(), new Version.Published(3));

    @Test
    void theLogStreamNamesDayVersionAndEnvironment() {
        assertThat(EnvironmentName.of("abc", Bench.VERSION, "/aws/lambda/hello", LATE)
                        .logStream())
                .isEqualTo("2026/12/31/[$LATEST]abc");
        assertThat(EnvironmentName.of("abc", THREE, "/aws/lambda/hello", LATE).logStream())
                .isEqualTo("2026/12/31/[3]abc");
    }

    @Test
    void theLogStreamInASharedGroupNamesTheFunctionToo() {
        assertThat(EnvironmentName.of("abc", THREE, "/shop/all", LATE).logStream())
                .isEqualTo("2026/12/31/hello[3][abc]");
    }

    @Test
    void everyEnvironmentHasANameOfItsOwn() {
        var one = EnvironmentName.make(THREE, "/aws/lambda/hello", LATE);
        var other = EnvironmentName.make(THREE, "/aws/lambda/hello", LATE);

        assertThat(one.id()).matches("[0-9a-f]{32}").isNotEqualTo(other.id());
    }
}
