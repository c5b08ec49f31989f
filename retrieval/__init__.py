"""Documents, passages, search, answers and conversations.

From a question to its answer, and in which module each step is:

- **Words**: `lexicon` (with `parts`), `analysis`, `figures`, `sentences`, `glued`, `synonyms`, `english`.
- **What is stored**: `documents`, `document_shares`, `following`, `conversations` (and `erasing` from them),
  `kinds` of units, `lexical` segments, `meanings` of pieces, and which of the `models` answers.
- **What one may see, in memory**: `views`, `vocabulary`.
- **The question**: `questions`, `wording`, `sought`, `smalltalk`.
- **Vectors**: `embedding` (with `bundled`, `graph`, `quantised`, `transformer`), `late` and `states` for pieces,
  `adaptation` for questions.
- **Search**: `search`, over all units; `finding` is from there to what is read.
- **Reading**: `pieces`, `places`, `lists`, `evidence`, `features`, `reading`, `confidence`, and `parameters` for both;
  `reranking` by a cross-encoder, where one is configured.
- **Saying**: `choosing`, `claims`, `short_answers`, `tables`, `cells`, `headings`, `composing`.
- **Calculating**: `sides`, `quantities`, `figure_pairs`, `matching`, `computed_answers`, `calculation`.
- **Checking**: `verification`, `confirming`.
- **A language model**, where one is configured: `language`, `rounds`, `prompts`, `replies`, `metering` and `spending`
  for what it may take, and `widening` where it searches for itself.
- **Doors**: `answering` puts it all together (`outcomes` are what it came to, `stopping` ends it early, `turns` lets it
  think beside the loop, `ripening` makes ready what nobody has asked about yet), `answers` is what comes out, `related`
  are questions to go on with, `retriever` is for LangChain.
- **Learning from what is asked**: `gaps`, `usage`.
- **Measuring**: `evaluation`, `measures`, `trials`, `comparison`.
"""
