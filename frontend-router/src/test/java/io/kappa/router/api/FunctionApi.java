package io.kappa.router.api;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The API with one function, {@code f}, that has version 1; another for each test. */
abstract class FunctionApi {
    final RunningApi api = new RunningApi();

    @BeforeEach
    void createTheFunction() {
        api.create("f", "\"Publish\":true,");
    }

    @AfterEach
    void close() {
        api.close();
    }
}
