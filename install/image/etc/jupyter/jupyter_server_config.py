"""What JupyterLab saves as "Executable Script" is what nbconvert writes."""

load_subconfig("jupyter_nbconvert_config.py")  # noqa: F821
