package io.kappa.contracts.layer;

import io.kappa.contracts.registry.CodePackage;

/**
 * A version of a layer as a function has it. Holds on to the files, so that the function keeps working when the version of the layer has
 * been deleted.
 *
 * @param arn as the function's configuration names it
 * @param code stored in the function's own account, also where the layer belongs to another
 */
public record FunctionLayer(LayerVersionArn arn, CodePackage code) {}
