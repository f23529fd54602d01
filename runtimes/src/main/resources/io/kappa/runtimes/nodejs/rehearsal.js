// A function for nobody: what is loaded while it is not known yet which function this process is for.
'use strict';

exports.handler = async () => {};
