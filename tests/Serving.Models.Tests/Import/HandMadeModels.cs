namespace Serving.Models.Tests.Import;

/// <summary>Small models written by hand, so that their scores can be worked out on paper.</summary>
internal static class HandMadeModels
{
    /// <summary>
    /// Tree 0: x0 &lt;= 1.5 (NaN right) ? 1 : (x1 in {1, 33} ? 2 : 4). Tree 1: always 0.5.
    /// </summary>
    public const string LightGbm = """
        tree
        version=v4
        num_class=1
        num_tree_per_iteration=1
        label_index=0
        max_feature_idx=1
        objective=regression
        feature_names=amount kind
        feature_infos=[0:9] 1:33
        tree_sizes=300 100

        Tree=0
        num_leaves=3
        num_cat=1
        split_feature=0 1
        threshold=1.5 0
        decision_type=8 1
        left_child=-1 -2
        right_child=1 -3
        leaf_value=1 2 4
        cat_boundaries=0 2
        cat_threshold=2 2
        is_linear=0
        shrinkage=1


        Tree=1
        num_leaves=1
        num_cat=0
        leaf_value=0.5
        is_linear=0
        shrinkage=1


        end of trees

        parameters:
        [boosting: gbdt]
        end of parameters

        pandas_categorical:null

        """;

    /// <summary>One tree: x0 &lt; 1.5 (NaN left) ? 1 : (x1 in {1, 33} ? 4 : 2); base score 0.5.</summary>
    public const string XGBoost = """
        {"learner": {"attributes": {}, "feature_names": ["amount", "kind"], "feature_types": ["float", "c"],
          "gradient_booster": {"name": "gbtree", "model": {
            "gbtree_model_param": {"num_parallel_tree": "1", "num_trees": "1"},
            "tree_info": [0],
            "trees": [{
              "tree_param": {"num_deleted": "0", "num_feature": "2", "num_nodes": "5", "size_leaf_vector": "1"},
              "left_children": [1, -1, 3, -1, -1], "right_children": [2, -1, 4, -1, -1],
              "split_indices": [0, 0, 1, 0, 0], "split_conditions": [1.5, 1, 1E-45, 2, 4],
              "default_left": [1, 0, 0, 0, 0], "split_type": [0, 0, 1, 0, 0],
              "categories_nodes": [2], "categories_segments": [0], "categories_sizes": [2], "categories": [1, 33]}]}},
          "learner_model_param": {"base_score": "[5E-1]", "num_class": "0", "num_feature": "2", "num_target": "1"},
          "objective": {"name": "reg:squarederror"}}, "version": [3, 2, 0]}
        """;

    public const string Linear = """
        {"format": "serving.linear", "version": 1, "link": "logit", "bias": [-1],
         "dense": {"amount": [0.5], "age": [-0.25]}, "missing": {"age": [0.125]},
         "ids": {"mcc": {"size": 8, "weights": [[2, 0.25], [7, -2]]}}}
        """;
}
