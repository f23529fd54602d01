package io.kappa.router.api.url;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.registry.FunctionUrlRecord.Cors;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CorsHeadersTest {
    private static final String PAGE = "https://shop.example";

    private static Cors cors(@Nullable Boolean credentials, String... origins) {
        return new Cors(
                credentials, List.of("x-a", "x-b"), List.of("GET", "POST"), List.of(origins), List.of("x-c"), 300);
    }

    @Test
    void namesAnOriginThatMayAskAndWhatItMayRead() {
        assertThat(CorsHeaders.of(cors(null, "https://other.example", PAGE), PAGE))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "access-control-allow-origin", PAGE, "access-control-expose-headers", "x-c", "vary", "Origin"));
    }

    @Test
    void namesNobodyWhereAnybodyMayAsk() {
        assertThat(CorsHeaders.of(cors(false, "*"), PAGE))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("access-control-allow-origin", "*", "access-control-expose-headers", "x-c"));
    }

    @Test
    void namesTheOriginWhereAnybodyMayBringCredentials() {
        assertThat(CorsHeaders.of(cors(true, "*"), PAGE))
                .containsEntry("access-control-allow-origin", PAGE)
                .containsEntry("access-control-allow-credentials", "true")
                .containsEntry("vary", "Origin");
    }

    @Test
    void saysNothingToOthers() {
        assertThat(CorsHeaders.of(cors(null, "https://other.example"), PAGE)).isEmpty();
        assertThat(CorsHeaders.preflight(cors(null, "https://other.example"), PAGE, "GET", null))
                .isEmpty();
        assertThat(CorsHeaders.of(new Cors(null, null, null, null, null, null), PAGE))
                .isEmpty();
    }

    @Test
    void answersAPreflightWithWhatIsConfigured() {
        assertThat(CorsHeaders.preflight(cors(null, PAGE), PAGE, "PUT", "x-other"))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "access-control-allow-origin",
                        PAGE,
                        "access-control-allow-methods",
                        "GET,POST",
                        "access-control-allow-headers",
                        "x-a,x-b",
                        "access-control-max-age",
                        "300",
                        "vary",
                        "Origin"));
    }

    @Test
    void namesWhatIsAskedForWhereAWildcardWouldMeanNothing() {
        var any = new Cors(true, List.of("*"), List.of("*"), List.of("*"), null, null);
        assertThat(CorsHeaders.preflight(any, PAGE, "PUT", "x-other"))
                .containsEntry("access-control-allow-methods", "PUT")
                .containsEntry("access-control-allow-headers", "x-other")
                .doesNotContainKey("access-control-max-age");
        var withoutCredentials = new Cors(null, List.of("*"), List.of("*"), List.of("*"), null, null);
        assertThat(CorsHeaders.preflight(withoutCredentials, PAGE, "PUT", "x-other"))
                .containsEntry("access-control-allow-methods", "*")
                .containsEntry("access-control-allow-headers", "*");
    }
}
