package io.kappa.asyncqueue.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.testkit.OpenApiDescription;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OpenApiTest {

    @Test
    void theDescriptionIsValidAndSaysExactlyWhatIsMounted() {
        var description = OpenApiDescription.of(QueueControl.class, "openapi.json");

        assertThat(description.problems()).isEmpty();
        assertThat(description.operations())
                .isEqualTo(QueueControl.Route.ALL.stream()
                        .map(route -> OpenApiDescription.operation(route.method(), "/v1/async-queue" + route.path()))
                        .collect(Collectors.toSet()));
    }
}
