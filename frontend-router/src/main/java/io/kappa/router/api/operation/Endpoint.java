package io.kappa.router.api.operation;

/** Answers one operation of the control plane. Called on a virtual thread, so it may wait. */
@FunctionalInterface
public interface Endpoint {

    /** @throws io.kappa.router.refusal.LambdaApiException to refuse; anything else that is thrown is answered as an error of the service */
    ApiAnswer answer(ApiRequest request) throws Exception;
}
