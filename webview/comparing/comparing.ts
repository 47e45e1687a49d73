/** The views of a comparison, one for each step; a script of its own that is loaded when somebody compares. */
import type { Place } from '../../src/protocol/panelApi';
import type { ViewMaker } from '../view';
import { attendComparison } from './attendComparison';
import { embedComparison } from './embedComparison';
import { neuronComparison } from './neuronComparison';
import { overviewComparison } from './overviewComparison';
import { predictionComparison } from './predictionComparison';
import { stateComparison } from './stateComparison';
import { appendComparison, contextComparison, tokenizeComparison } from './textComparison';

export const comparingViews: Readonly<Record<Place['step'], ViewMaker>> = {
  overview: overviewComparison,
  context: contextComparison,
  tokenize: tokenizeComparison,
  embed: embedComparison,
  attend: attendComparison,
  feedforward: neuronComparison,
  repeat: stateComparison,
  predict: predictionComparison,
  append: appendComparison,
};
