package io.kappa.router.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.testkit.OpenApiDescription;
import io.vertx.core.http.HttpMethod;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OpenApiTest {
    private final OpenApiDescription description = OpenApiDescription.of(UsageControl.class, "openapi.json");

    @Test
    void theDescriptionIsValidAndSaysExactlyWhatIsMounted() {
        assertThat(description.problems()).isEmpty();
        assertThat(description.operations())
                .isEqualTo(UsageControl.Route.ALL.stream()
                        .map(route -> OpenApiDescription.operation(HttpMethod.GET, UsageControl.ROOT + route.path()))
                        .collect(Collectors.toSet()));
    }

    @Test
    void membersThatAreDescribedAreThoseThatAreWritten() {
        assertThat(Map.of("Usage", UsageJson.Usage.class, "Day", UsageJson.Day.class, "Sum", UsageJson.Sum.class))
                .allSatisfy((schema, type) ->
                        assertThat(description.members(schema)).isEqualTo(OpenApiDescription.membersOf(type)));
    }
}
