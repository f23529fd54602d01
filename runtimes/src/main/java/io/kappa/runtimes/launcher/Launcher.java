package io.kappa.runtimes.launcher;

import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;

/** Starts the client, in a parked process after it has been told for which function. */
public final class Launcher {
    /** Set where the process was started before that was known. */
    private static final String PARKED = "_KAPPA_PARKED";

    private static final int REPETITIONS = 5;

    private Launcher() {}

    public static void main(String[] arguments) throws Throwable {
        if (System.getenv(PARKED) != null) {
            var process = new OwnProcess();
            for (int i = 0; i < REPETITIONS; i++) {
                process.become(System.getenv()); // Nothing changes but that it is no longer the first time.
            }
            new Rehearsal().run();
            process.become(Assignment.await(System.getenv("AWS_LAMBDA_RUNTIME_API")));
        }
        if ("snap-start".equals(System.getenv("AWS_LAMBDA_INITIALIZATION_TYPE"))) {
            RestorableFunction.run(System.getenv("_HANDLER"));
            return;
        }
        AWSLambda.main(new String[] {System.getenv("_HANDLER")});
    }
}
